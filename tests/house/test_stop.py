"""Ctrl-C ends all four processes; with it the house of these tests is gone, so this runs last."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.house.house import House
from tests.stack import COMMANDS

pytestmark = pytest.mark.stack


def test_ctrl_c_ends_all_four(house: House) -> None:
    pids = [house.pid(name) for name in COMMANDS]
    folder = os.open(house.var / "run", os.O_RDONLY)  # the folder may be on a disk that goes with the house
    try:
        assert {f"{name}.pid" for name in COMMANDS} <= set(os.listdir(folder))
        house.stop()
        assert not [name for name in os.listdir(folder) if name.endswith(".pid")]
    finally:
        os.close(folder)
    assert house.status == 0
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.soak
def test_ctrl_c_ends_all_four_within_five_seconds(tmp_path: Path) -> None:
    house = House(tmp_path / "var").start()
    assert house.stop() < 5
