"""Danger is judged by the text alone: whatever is open, whatever the talk's language, the verdict is that of `POST /safety`.

`slots.tsv` holds plain sentences of each kind; seeded frames put dates, digits, names and slips of the finger around them.
`tests/conversations/test_danger_everywhere.py` asks the same of the real processes.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message

from bot.guard import Guard
from bot.understand import Understander, load_understander
from clinic import clock

ROWS = [line.split("\t") for line in (Path(__file__).parent / "slots.tsv").read_text(encoding="utf-8").splitlines()]
SEED = 988
EXPECTS = (None, "name", "date_of_birth", "phone", "code", "time", "choice", "yes_no")
TASKS = (None, "book", "reschedule", "cancel", "course", "waitlist", "human", "my_appointment")
TOPICS = (None, "session_length", "seizure_risk")
FRAMES = {
    "en": (
        "{}",
        "Ann Lee. {}. 3/4/1980",
        "612-555-0123 {}",
        "yes, {}",
        "the 2nd one, {}",
        "{}, code 123456",
        "Tuesday 12/1 at 2:30 pm, {}",
        "{} ok?? 2",
    ),
    "es": (
        "{}",
        "Ana Ruiz. {}. 4/3/1980",
        "612-555-0123, {}",
        "sí, {}",
        "el martes 1 a las 2, {}",
        "{}, código 123456",
    ),
}
TIMES_ALONE = (
    "a Saturday in December",
    "the last Friday before Christmas please",
    "I want the end of the day on Friday",
    "tomorrow is good",
    "12/3/2026 at 10",
    "03/04/1980",
    "any time after 5 on the 30th",
)
"""Likeness finds farewells in such wishes; that they are wishes for a time must not hang on what was asked."""


def _slip(text: str, chance: random.Random) -> str:
    """Two neighbouring letters of one longer word swapped."""
    words = text.split(" ")
    long = [index for index, word in enumerate(words) if len(word) >= 6 and word.isalpha()]
    if long:
        index = chance.choice(long)
        word, at = words[index], chance.randrange(2, len(words[index]) - 2)
        words[index] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)


def _corpus() -> list[tuple[str, str]]:
    """(kind, text): each sentence as it is, in two frames, and once with a slip."""
    chance = random.Random(SEED)
    made = []
    for kind, lang, text in ROWS:
        frames = ["{}", *chance.sample(FRAMES[lang][1:], 2)]
        made += [(kind, frame.format(text)) for frame in frames]
        made.append((f"{kind} slip", _slip(text, chance)))
    return made + [("none", text) for text in TIMES_ALONE]


@pytest.fixture(scope="module")
def understander() -> Understander:
    return load_understander("2026-11-25T09:00")


@pytest.fixture(scope="module")
def alone(understander: Understander) -> Callable[[str], str | None]:
    """The verdict on a text of which nothing else is known, as `POST /safety` has it."""

    def kind(text: str) -> str | None:
        found: str | None = understander.parse(text)["understood"].get("kind")
        return found

    return kind


def test_what_is_open_never_changes_the_verdict(understander: Understander, alone: Callable[[str], str | None]) -> None:
    chance = random.Random(SEED)
    differ = []
    for _, text in _corpus():
        wanted = alone(text)
        for expects in EXPECTS:
            for lang in ("en", "es"):
                about: dict[str, Any] = {
                    "expects": expects,
                    "task": chance.choice(TASKS),
                    "language": lang,
                    "last_topic": chance.choice(TOPICS),
                    "channel": chance.choice(("web", "sms")),
                    "phone": chance.choice((None, "+16125550123")),
                }
                parsed = understander.parse(text, about)
                got = parsed["understood"].get("kind")
                if got != wanted:
                    differ.append((text, wanted, got, about))
                elif wanted:
                    assert parsed["intent"]["name"].startswith("emergency_"), (text, about)
                    assert parsed["entities"] == [], (text, about)
    assert not differ


def test_each_kind_is_heard_between_dates_and_digits_and_near_misses_are_not(
    alone: Callable[[str], str | None],
) -> None:
    wrong = [
        (kind, text, alone(text)) for kind, text in _corpus() if "slip" not in kind and (alone(text) or "none") != kind
    ]
    assert not wrong


def test_a_slip_of_the_finger_hides_no_danger(alone: Callable[[str], str | None]) -> None:
    wrong = [
        (kind, text, alone(text))
        for kind, text in _corpus()
        if "slip" in kind and (alone(text) is None) != kind.startswith("none")
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("text", "kind"), [("a Saturday in December", None), ("my last Saturday on earth", "suicidal")]
)
def test_a_time_that_the_open_question_hid_still_quiets_likeness(
    monkeypatch: pytest.MonkeyPatch, text: str, kind: str | None
) -> None:
    clock.start("America/Chicago")
    guard = Guard(LocalModelStorage(Path()), Resource("guard"))
    monkeypatch.setattr(guard, "_heard", lambda *_: "suicidal")
    message = Message(data={"text": text, "lang": "en", "entities": []})
    guard.process([message])
    assert (message.get("understood") or {}).get("kind") == kind
