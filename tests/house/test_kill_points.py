"""kill -9 at every point of the way from a patient's yes to the confirmation: the booking is told, and exists, once.

Between the real processes stand relays that kill one of them just before a request is handed on, or just after it was done and
before its answer arrives. The killed process is started again at once, as its supervisor does.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.house.booker import LIMITS, Booker, weekdays
from tests.house.patient import Patient, choices, outcomes, words
from tests.house.relay import Relay, Trap, When
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]
RECORDED_SECONDS = 120.0

YES = {
    "gateway to rasa": ("/webhooks/private/turn", b'"yes"'),
    "rasa to actions": ("/webhook", b'"text": "yes"'),
    "actions to scheduling": ("/v1/appointments", b"hold_id"),
}
ALWAYS: list[tuple[str, When, str]] = [
    ("actions to scheduling", "after", "scheduling"),
    ("actions to scheduling", "after", "actions"),
    ("rasa to actions", "after", "rasa"),
    ("gateway to rasa", "after", "gateway"),
]
MORE: list[tuple[str, When, str]] = [
    ("gateway to rasa", "before", "gateway"),
    ("gateway to rasa", "before", "rasa"),
    ("rasa to actions", "before", "rasa"),
    ("rasa to actions", "before", "actions"),
    ("actions to scheduling", "before", "actions"),
    ("actions to scheduling", "before", "scheduling"),
    ("rasa to actions", "after", "actions"),
    ("gateway to rasa", "after", "rasa"),
]
POINTS = ALWAYS + [pytest.param(*point, marks=pytest.mark.soak) for point in MORE]


@dataclass
class Row:
    """The house with a relay on each of its inner ways."""

    stack: Stack
    relays: dict[str, Relay]
    patients: int = 0

    def next_patient(self) -> Booker:
        self.patients += 1
        return Booker(self.stack.gateway, self.patients, weekdays(self.patients)[-1])

    def visits(self) -> list[str]:
        return [visit["start"] for visit in self.stack.open_visits()]

    @contextlib.contextmanager
    def trap(self, way: str, when: When, act: Any) -> Iterator[Trap]:
        path, word = YES[way]
        self.relays[way].trap = trap = Trap(path, word, when, act)
        try:
            yield trap
        finally:
            self.relays[way].trap = None


@pytest.fixture(scope="module")
def row(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Row]:
    # A busy machine restarts slowly: nobody loses patience here, so that each case goes one way only.
    patience = {"GATEWAY_APOLOGISE_SECONDS": "600", "GATEWAY_CALL_BACK_SECONDS": "2"}
    stack = Stack(tmp_path_factory.mktemp("row") / "var", **patience, **LIMITS)
    relays = {
        "gateway to rasa": Relay(stack.ports["rasa"]),
        "rasa to actions": Relay(stack.ports["actions"]),
        "actions to scheduling": Relay(stack.ports["scheduling"]),
    }
    stack.own = {
        "gateway": {"RASA_PORT": str(relays["gateway to rasa"].port)},
        "rasa": {"ACTIONS_PORT": str(relays["rasa to actions"].port)},
        "actions": {"SCHEDULING_PORT": str(relays["actions to scheduling"].port)},
    }
    try:
        with stack:
            yield Row(stack, relays)
    finally:
        for relay in relays.values():
            relay.close()


@pytest.mark.parametrize(("way", "when", "victim"), POINTS, ids=lambda part: part.replace(" ", "_"))
def test_the_booking_is_told_once_whoever_is_killed_on_the_way(row: Row, way: str, when: When, victim: str) -> None:
    stack, before = row.stack, row.visits()
    killed: list[float] = []

    def kill() -> None:
        stack.kill(victim)
        killed.append(time.monotonic())
        stack.start(victim, wait=False)

    booker = row.next_patient()
    with row.trap(way, when, kill) as trap:
        asyncio.run(booker.book())
        assert trap.sprung
    print(f"told {time.monotonic() - killed[0]:.1f} s after the kill")
    stack.wait(victim)
    answers = [event["text"] for event in booker.events if event["type"] == "bot"]
    (outcome,) = [event["outcome"] for event in booker.events if "outcome" in event]
    assert [start for start in row.visits() if start not in before] == [outcome["start"][:16]]
    since_the_yes = answers[answers.index(next(text for text in answers if "Shall I book it?" in text)) + 1 :]
    *before_it, told = since_the_yes
    assert "You're booked" in told, "and nothing after it: where no texts can go out, nobody is asked about them"
    assert all("can't tell yet" in text for text in before_it), "only where a restart takes long, and then this"
    assert len(booker.sent) == 6 + len(before_it), "nothing was said again but the yes"


def until_the_summary(row: Row) -> tuple[Patient, Booker]:
    who = row.next_patient()
    patient = Patient(row.stack.gateway)
    offer = patient.say(f"I want a consultation on {who.day:%B} {who.day.day}")
    patient.pick(choices(offer, "slot")[0]["id"])
    patient.say("Ann Lee")
    patient.say("March 4, 1980")
    assert patient.say(f"651-555-01{who.number:02}")[-1]["expects"] == "yes_no"
    return patient, who


NEXT = ["I want Thursday instead"] + [
    pytest.param(words, marks=pytest.mark.soak) for words in ("Try again", "How long does it take?", "never mind")
]


@pytest.mark.parametrize("next_words", NEXT)
def test_a_booking_whose_service_stays_away_is_told_by_whatever_comes_next(row: Row, next_words: str) -> None:
    stack, before = row.stack, row.visits()
    patient, _ = until_the_summary(row)
    with row.trap("actions to scheduling", "after", lambda: stack.kill("scheduling")):
        heard = patient.say("yes")
    assert not outcomes(heard)
    assert "can't tell yet" in words(heard)
    assert "othing was booked" not in words(heard)
    stack.start("scheduling")
    if next_words == "Try again":
        (again,) = [choice for choice in choices(heard) if choice["label"] == next_words]
        told = patient.pick(again["id"])
    else:
        told = patient.say(next_words)
    (outcome,) = outcomes(told)
    assert [start for start in row.visits() if start not in before] == [outcome["start"][:16]]


def test_after_an_outage_the_call_that_was_promised_is_recorded_when_the_service_is_back(row: Row) -> None:
    stack = row.stack
    patient, who = until_the_summary(row)
    stack.kill("scheduling")
    heard = patient.say("yes")
    number = f"651-555-01{who.number:02}"
    assert "612-555-0100" in words(heard), "the clinic's number"
    assert number in words(heard), "and theirs"
    assert not outcomes(heard)
    time.sleep(3)
    stack.start("scheduling")
    deadline = time.monotonic() + RECORDED_SECONDS
    while number.replace("-", "") not in (asked := call_backs(stack)):
        assert time.monotonic() < deadline, "recorded once it can be"
        time.sleep(0.5)
    assert asked.count(number.replace("-", "")) == 1


def call_backs(stack: Stack) -> str:
    with contextlib.closing(stack._database()) as database:
        return str(database.execute("SELECT phone FROM callback").fetchall())
