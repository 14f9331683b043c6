"""The desk of every test of an action: the sample clinic, a set clock, and the scheduling service in memory."""

from __future__ import annotations

import pytest

from actions import desk
from actions.fake_scheduling import FakeScheduling
from clinic import clock, config

NOW = "2026-11-25T09:00"


@pytest.fixture
def at(monkeypatch, tmp_path):
    """Set the clock: at("2026-11-25T09:00")."""
    file = tmp_path / "now"
    monkeypatch.setenv("TEST_MODE", "1")
    monkeypatch.setenv("TEST_NOW_FILE", str(file))
    stamps = iter(range(1_900_000_000, 1_900_100_000))

    def move(text: str) -> None:
        import os
        import time

        file.write_text(text)
        stamp = time.time() + next(stamps) * 1e-9
        os.utime(file, (stamp, stamp))

    move(NOW)
    clock.start("America/Chicago")
    return move


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
