"""What is registered with the carriers is what patients are sent: two services word it, one list names it."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from clinic.config import load
from gateway.sms import segments
from gateway.sms.samples import FROM_SCHEDULING, samples
from gateway.sms.templates import WORDING, Templates
from scheduling import cell, wording
from scheduling.slot import Slot
from tests.gateway.front_door import ROOT

CLINIC = load(ROOT / "clinic.yml")


def visit(day: int) -> Slot:
    moment = datetime(2026, 12, day, 14, tzinfo=ZoneInfo("America/Chicago"))
    return Slot("consultation", CLINIC.locations[0].id, cell.at(moment), 60, "America/Chicago")


@pytest.mark.parametrize("name", FROM_SCHEDULING)
def test_each_sample_is_what_the_scheduling_service_says(name: str) -> None:
    kind, language = name.split(".")
    said = {
        "confirmation": lambda: wording.booked(CLINIC, language, visit(1)),
        "reminder": lambda: wording.reminder(CLINIC, language, visit(1)),
        "moved": lambda: wording.moved(CLINIC, language, visit(1)),
        "called_off": lambda: wording.called_off(CLINIC, language, visit(1)),
        "offer": lambda: wording.offer(CLINIC, language, visit(1), 30),
        "digest": lambda: wording.digest(CLINIC, language, [visit(1), visit(2)]),
        "code": lambda: wording.code(CLINIC, language, "123456"),
    }[kind]()
    assert samples(CLINIC)[name] == said
    assert segments.count(said) == 1


def test_some_samples_say_how_to_end_texts_and_how_to_get_help() -> None:
    told = samples(CLINIC)
    assert "STOP to end" in told["started.en"]
    assert "Text HELP" in told["started.en"]


def test_the_version_of_our_words_changes_with_them() -> None:
    words = json.dumps(Templates(CLINIC).all(), sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(words.encode()).hexdigest()[:12]
    assert (WORDING, digest) == ("2026-11-a", "8c54e6f4befd"), (
        "give the new words a new version: it is kept with each consent"
    )
