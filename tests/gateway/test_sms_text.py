"""Segments, templates, quiet hours: what a text costs, says, and when it may go."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from clinic.config import load
from gateway.sms import hours, segments
from gateway.sms.templates import Templates
from gateway.sms.words import HELP, START, STOP
from tests.gateway.front_door import ROOT

NIGHTS = ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("a" * 1600, 11),
        ("é" * 160, 1), ("ó" * 70, 1), ("ó" * 71, 2), ("ó" * 134, 2), ("ó" * 135, 3),
        ("€" * 80, 1), ("a" * 159 + "€", 2), ("a" * 152 + "€" + "a" * 10, 2), ("a" * 152 + "€" + "a" * 152, 3),
        ("ó" * 66 + "😀" + "ó" * 10, 2), ("😀" * 35, 1), ("😀" * 36, 2), ("—" * 71, 2), ("`", 1),
    ],
)  # fmt: skip
def test_segments_are_counted_as_twilio_counts(text: str, expected: int) -> None:
    assert segments.count(text) == expected


def test_look_alikes_do_not_make_a_text_dear() -> None:
    dear = "Your visit is Tue — that’s “2:00 PM”… reply 1\u00a0or 2"
    assert not segments.is_gsm(dear)
    assert segments.is_gsm(segments.economical(dear))
    assert segments.economical("José Núñez, mañana") == "José Núñez, mañana"


def test_every_template_is_one_segment_names_no_treatment_and_invites_no_opt_out_word() -> None:
    for name, text in Templates(load(ROOT / "clinic.yml")).all().items():
        assert segments.is_gsm(text), name
        assert segments.count(text) == 1, name
        lower = f" {text.lower()} "
        assert not any(word in lower for word in (" tms", "depress", "psych", "treatment", "tratamiento")), name
        for word in (STOP | START | HELP) - {"stop", "start", "help", "end"}:
            assert f" {word} " not in lower.replace(".", " ").replace(",", " "), (name, word)


@pytest.mark.parametrize(
    ("local", "opens"),
    [
        ("2026-11-25T20:59", "2026-11-25T20:59"),
        ("2026-11-25T21:01", "2026-11-26T08:00"),
        ("2026-11-25T03:00", "2026-11-25T08:00"),
        ("2026-11-25T08:00", "2026-11-25T08:00"),
        ("2026-03-08T01:30", "2026-03-08T08:00"),
        ("2026-10-31T22:00", "2026-11-01T08:00"),
    ],
)
def test_quiet_hours_end_at_eight_also_on_nights_when_clocks_change(local: str, opens: str) -> None:
    now = datetime.fromisoformat(local).replace(tzinfo=NIGHTS)
    assert hours.opens_at(now, [NIGHTS]) == datetime.fromisoformat(opens).replace(tzinfo=NIGHTS)


def test_the_stricter_of_two_zones_decides() -> None:
    zones = hours.zones_of("+13105550123", "America/Chicago")
    assert {str(zone) for zone in zones} == {"America/Chicago", "America/Los_Angeles"}
    morning = datetime(2026, 11, 25, 8, 30, tzinfo=NIGHTS)
    assert hours.opens_at(morning, zones) == datetime(2026, 11, 25, 10, 0, tzinfo=NIGHTS)
    assert hours.closes_in(datetime(2026, 11, 25, 20, 30, tzinfo=NIGHTS), zones) == 1800
