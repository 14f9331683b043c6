"""What the patient said in this turn, as understanding left it on the tracker's latest message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Window = tuple[str, str]


@dataclass(frozen=True)
class When:
    """The times of a message (see `bot/when.py`): windows are pairs of local ISO minutes, or `T…` for a time on any day.

    readings: when the words can mean two things ("next Tuesday" on a Monday), the windows of each.
    problem: "impossible", "past" or "too_far" when a time was named that cannot be searched.
    """

    windows: tuple[Window, ...] = ()
    old_windows: tuple[Window, ...] = ()
    asap: bool = False
    exact: bool = False
    series: Mapping[str, Any] | None = None
    problem: str | None = None
    readings: tuple[tuple[Window, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.windows or self.asap)

    @classmethod
    def read(cls, value: Any) -> When:
        """From the entity's value; anything of another shape is no time."""
        if not isinstance(value, Mapping):
            return cls()
        windows, old = _windows(value.get("windows")), _windows(value.get("old_windows"))
        problem = None
        if not windows and not value.get("asap"):
            kinds = (("impossible", "dates_impossible"), ("past", "dates_past"), ("too_far", "dates_too_far"))
            problem = next((name for name, key in kinds if value.get(key)), None)
        series = value.get("series")
        return cls(
            windows=windows,
            old_windows=old,
            asap=bool(value.get("asap")),
            exact=bool(value.get("exact")),
            series=series if isinstance(series, Mapping) else None,
            problem=problem,
            readings=tuple(found for reading in value.get("ambiguous") or () if (found := _windows(reading))),
        )


@dataclass(frozen=True)
class Message:
    """One message. `choice` is the value of a pressed button; `topic` the best topic's slug even inside a task.

    others: topics that a message of one doubtful reading may also have meant.
    """

    message_id: str
    text: str = ""
    intent: str = ""
    choice: str | None = None
    topic: str | None = None
    confidence: float = 0.0
    topics: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    language: str | None = None
    channel: str = "web"
    phone_of_sender: str | None = None
    when: When = field(default_factory=When)
    name: str | None = None
    date_of_birth: str | None = None
    phone: str | None = None
    visit_type: str | None = None
    location: str | None = None

    @classmethod
    def read(cls, latest: Mapping[str, Any], channel: str | None) -> Message:
        """From `tracker.latest_message`; missing or odd parts are left empty, never an error."""
        found: dict[str, Any] = {}
        for item in latest.get("entities") or []:
            if isinstance(item, Mapping) and item.get("value") is not None:
                found.setdefault(str(item.get("entity")), item["value"])
        understood = latest.get("understood")
        understood = understood if isinstance(understood, Mapping) else {}
        metadata = latest.get("metadata")
        metadata = metadata if isinstance(metadata, Mapping) else {}
        intent = latest.get("intent")
        text = latest.get("text")
        button = isinstance(text, str) and text.startswith("/")

        topics = tuple(str(topic) for topic in understood.get("topics") or ())
        name_of_intent = str((intent if isinstance(intent, Mapping) else {}).get("name") or "")
        one_reading = topics[:1] == (understood.get("topic"),) and name_of_intent != "two_questions"

        def word(name: str) -> str | None:
            value = found.get(name)
            return str(value) if isinstance(value, (str, int)) and str(value) else None

        return cls(
            message_id=str(latest.get("message_id") or ""),
            text="" if button or not isinstance(text, str) else text,
            intent=name_of_intent,
            choice=word("choice"),
            topic=understood.get("topic") or None,
            confidence=float(understood.get("confidence") or 0.0),
            topics=topics,
            others=topics[1:] if one_reading else (),
            language=_language(found.get("language") or understood.get("lang") or metadata.get("lang")),
            channel=str(metadata.get("channel") or channel or "web"),
            phone_of_sender=metadata.get("phone") or None,
            when=When.read(found.get("when")),
            name=word("name"),
            date_of_birth=word("date_of_birth"),
            phone=word("phone"),
            visit_type=word("visit_type"),
            location=word("location"),
        )


def _windows(value: Any) -> tuple[Window, ...]:
    pairs = value if isinstance(value, (list, tuple)) else []
    return tuple((str(pair[0]), str(pair[1])) for pair in pairs if isinstance(pair, (list, tuple)) and len(pair) == 2)


def _language(value: Any) -> str | None:
    return value if value in ("en", "es") else None
