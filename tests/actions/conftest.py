"""The desk of every test of an action: the sample clinic, a set clock, and the scheduling service in memory."""

from __future__ import annotations

import pytest

from actions import desk
from actions.fake_scheduling import FakeScheduling
from clinic import clock, config
from tests.still_clock import stand

NOW = "2026-11-25T09:00"


@pytest.fixture
def at():
    """Set the clock, at which it stands: at("2026-11-25T09:00")."""
    stand(NOW)
    yield stand
    clock._clock = None


@pytest.fixture
def service(at):
    """The scheduling service in memory, with free consultations on two afternoons."""
    fake = FakeScheduling()
    half_hours = [f"{hour}:{minute:02}" for hour in range(12, 16) for minute in (0, 30)]
    fake.open("consultation", "north-loop", "2026-12-01", "09:00", "10:30", *half_hours, "16:00")
    fake.open("consultation", "north-loop", "2026-12-02", "09:00", "13:00", "15:00")
    fake.open("consultation", "lakeside", "2026-12-03", "09:30", "14:00")
    desk.open_desk(desk.Desk(config.load("clinic.yml"), fake.backend(), texts=True))
    return fake
