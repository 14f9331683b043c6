"""Every talk in this folder, against the real processes. A seeded sixty run always, all of them in the soak run."""

from __future__ import annotations

import random

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
