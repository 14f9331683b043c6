"""The injected clock: one time for all processes, only in tests, only on loopback."""

import os
from datetime import datetime, timedelta, timezone

import pytest

from clinic.clock import Clock, ClockError

ZONE = "America/Chicago"
NINE_IN_THE_MORNING = datetime(2026, 11, 25, 15, 0, tzinfo=timezone.utc)


def test_without_test_mode_a_test_time_is_refused_by_name():
    with pytest.raises(ClockError, match="TEST_MODE=1"):
        Clock(ZONE, {"TEST_NOW": "2026-11-25T09:00"})


def test_test_mode_is_refused_when_the_gateway_listens_to_the_world():
    with pytest.raises(ClockError, match="loopback"):
        Clock(ZONE, {"TEST_MODE": "1", "GATEWAY_HOST": "0.0.0.0"})


def test_a_test_time_is_clinic_time_and_goes_on():
    clock = Clock(ZONE, {"TEST_MODE": "1", "TEST_NOW": "2026-11-25T09:00"})
    first, second = clock.now(), clock.now()
    assert timedelta(0) <= first - NINE_IN_THE_MORNING < timedelta(minutes=1)
    assert second >= first


def test_a_time_that_is_no_time_is_told_with_an_example():
    with pytest.raises(ClockError, match="2026-11-25T09:00"):
        Clock(ZONE, {"TEST_MODE": "1", "TEST_NOW": "Wednesday"})


def test_processes_share_a_clock_through_a_file_and_a_test_can_move_it(tmp_path):
    shared = tmp_path / "now"
    shared.write_text("2026-11-25T09:00")
    env = {"TEST_MODE": "1", "TEST_NOW_FILE": str(shared)}
    one, other = Clock(ZONE, env), Clock(ZONE, env)
    assert abs(one.now() - other.now()) < timedelta(minutes=1)
    shared.write_text("2026-11-26T09:00")
    os.utime(shared, (os.stat(shared).st_mtime + 1,) * 2)
    assert one.now() - NINE_IN_THE_MORNING > timedelta(hours=23)


def test_a_file_that_is_just_being_written_moves_no_clock(tmp_path):
    shared = tmp_path / "now"
    shared.write_text("2026-11-25T09:00")
    clock = Clock(ZONE, {"TEST_MODE": "1", "TEST_NOW_FILE": str(shared)})
    clock.now()
    shared.write_text("")
    os.utime(shared, (0, 0))
    assert timedelta(0) <= clock.now() - NINE_IN_THE_MORNING < timedelta(minutes=1)
    shared.write_text("2026-11-26T09:00")
    assert clock.now() - NINE_IN_THE_MORNING > timedelta(hours=23)


def test_winter_and_summer_are_told_apart():
    winter = Clock(ZONE, {"TEST_MODE": "1", "TEST_NOW": "2026-12-01T09:00"}).now()
    summer = Clock(ZONE, {"TEST_MODE": "1", "TEST_NOW": "2026-07-01T09:00"}).now()
    assert (winter.hour, summer.hour) == (15, 14)
