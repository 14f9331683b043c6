"""The state of an open task: one JSON object in the slot `draft`.

A draft that cannot be read (an old version, a damaged row) is no draft: the task starts again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from actions.visits import Appointment, Hold, Slot

Window = tuple[str, str]


@dataclass
class Draft:
    """What is known so far. Ids are clinic.yml's; `date_of_birth` is ISO, `phone` E.164; windows as in `bot/when.py`.

    task: the skill that owns the talk; asked: the open question; then: the skill to go on with after this one.
    unsure: the key of a change that was sent and of which no answer came: it is looked up before anything else.
    first_name: the one word that was given for a name, until the rest is known.
    wished: windows in which nothing was free, for the waitlist.
    offered: slots the patient may pick from, in the order shown; seen: ids that were offered in this search.
    """

    task: str
    asked: str = ""
    then: str = ""
    visit_type: str | None = None
    location: str | None = None
    windows: list[Window] = field(default_factory=list)
    wished: list[Window] = field(default_factory=list)
    exact: bool = False
    asap: bool = False
    old_windows: list[Window] = field(default_factory=list)
    series: dict[str, Any] | None = None
    offered: list[Slot] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    picked: Slot | None = None
    hold: Hold | None = None
    name: str | None = None
    first_name: str | None = None
    date_of_birth: str | None = None
    phone: str | None = None
    visits: list[Appointment] = field(default_factory=list)
    visit: Appointment | None = None
    done: Appointment | None = None
    reason: str | None = None
    challenge: str | None = None
    plan: dict[str, Any] | None = None
    misses: int = 0
    failures: int = 0
    unsure: str | None = None
    calls: int = 0
    calls_of: str = ""

    @property
    def over(self) -> bool:
        """Whether what the task was for is done; at most the question about text messages is open."""
        return self.asked in ("done", "texts")

    def as_json(self) -> dict[str, Any]:
        """Only what differs from an empty draft, so that trackers stay short."""
        empty = asdict(Draft(self.task))
        return {
            "task": self.task,
            **{name: value for name, value in asdict(self).items() if value != empty[name]},
        }

    @classmethod
    def read(cls, data: Any) -> Draft | None:
        """From the slot's value; None when there is none or it cannot be read."""
        if not isinstance(data, Mapping) or not isinstance(data.get("task"), str):
            return None
        known = {item.name for item in fields(cls)}
        values = {name: value for name, value in data.items() if name in known}
        try:
            for name in ("windows", "old_windows", "wished"):
                values[name] = [(str(pair[0]), str(pair[1])) for pair in values.get(name, [])]
            values["offered"] = [Slot(**item) for item in values.get("offered", [])]
            values["visits"] = [Appointment(**item) for item in values.get("visits", [])]
            for name, kind in (("picked", Slot), ("visit", Appointment), ("done", Appointment)):
                values[name] = kind(**values[name]) if values.get(name) else None
            if hold := values.get("hold"):
                values["hold"] = Hold(hold["hold_id"], hold["expires_at"], Slot(**hold["slot"]))
            return cls(**values)
        except (KeyError, TypeError, ValueError, IndexError):
            return None

    def key(self, message_id: str, operation: str) -> str:
        """The Idempotency-Key of the next change in this turn: `{message_id}:{operation}:{n}`."""
        if self.calls_of != message_id:
            self.calls_of, self.calls = message_id, 0
        self.calls += 1
        return f"{message_id}:{operation}:{self.calls}"

    def forget_search(self) -> None:
        """Forget what was offered, for a new search."""
        self.offered, self.seen = [], []
