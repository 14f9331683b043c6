"""Every talk in this folder, against the real processes. A seeded sixty run always, all of them in the soak run."""

from __future__ import annotations

import random
import re
import statistics

import pytest

from tests.conversations.talk import BEHAVIOURS, FOLDER, Played, Script, scripts

SEEDED = 60
SEED = 20261125

ALL = list(scripts())
SOME = sorted(random.Random(SEED).sample(ALL, min(SEEDED, len(ALL))), key=lambda script: script.name)


def play(stack, script: Script) -> None:
    stack.forget()
    stack.read_outbox()
    Played(stack, script).run()


@pytest.mark.stack
@pytest.mark.parametrize("script", SOME, ids=lambda script: script.name)
def test_talk(stack, script):
    play(stack, script)


@pytest.mark.stack
@pytest.mark.soak
@pytest.mark.parametrize("script", ALL, ids=lambda script: script.name)
def test_every_talk(stack, script):
    play(stack, script)


def test_talks_are_filed_by_what_patients_do():
    assert {script.name.split("/")[1] for script in ALL} <= set(BEHAVIOURS)
    assert len({script.title for script in ALL}) == len(ALL), "each talk claims something of its own"
    assert not [path for path in FOLDER.glob("*/*/*") if path.suffix != ".yml" and path.is_file()]


def _turns_to_a_booking(script: Script) -> int | None:
    """How many messages and presses of the patient it takes until the visit is booked; None where it is not."""
    turns = 0
    for step in script.turns:
        turns += any(act in step for act in ("patient", "press", "pick"))
        if step.get("outcome") == "booked":
            return turns
    return None


def test_a_booking_takes_few_turns():
    """The talks themselves are played above; here only their lengths count. At once: the first message gives the phone number too."""
    booked = [script for script in ALL if script.name.startswith("book/happy_path/")]
    first_said = {script.name: script.turns[0].get("patient", "") for script in booked}
    counts = {script.name: turns for script in booked if (turns := _turns_to_a_booking(script))}
    at_once = [turns for name, turns in counts.items() if re.search(r"\d{3}-\d{4}", str(first_said[name]))]
    assert len(counts) >= 10
    assert statistics.median(counts.values()) <= 7, counts
    assert len(at_once) >= 3
    assert statistics.median(at_once) <= 4, counts
