"""The running houses of these tests. A start takes seven seconds of processor time, so tests share what they can."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests.house.booker import LIMITS
from tests.house.house import House, can_mount
from tests.house.pair import Pair, two_of_each
from tests.stack import Stack

DISK_MB = 200
FRESH = "fresh-secret-of-all-kinds-0123456789"


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """What `make run` starts, with its own supervisor, on a small disk of its own where that can be had."""
    var = tmp_path_factory.mktemp("house") / "var"
    var.mkdir(mode=0o700)
    house = House(var, disk_mb=DISK_MB if can_mount() else 0, **LIMITS).start()
    yield house
    house.stop()


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two of everything on one PostgreSQL."""
    with two_of_each(tmp_path_factory.mktemp("pair")) as both:
        yield both


@pytest.fixture(scope="session")
def talkative(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """For privacy, exposure and rotation: told to listen everywhere, every log level that an environment can ask for at
    DEBUG, and all secrets just being changed.
    """
    levels = ("LOG_LEVEL", "LOG_LEVEL_LIBRARIES", "LOG_LEVEL_MATPLOTLIB", "LOG_LEVEL_RABBITMQ", "LOG_LEVEL_KAFKA")
    folder = tmp_path_factory.mktemp("talkative") / "var"
    folder.mkdir(mode=0o700)
    stack = Stack(folder, forked=False, GATEWAY_HOST="0.0.0.0", **dict.fromkeys(levels, "DEBUG"))
    for name in ("TEST_MODE", "TEST_NOW_FILE"):
        del stack.env[name]  # a house that can be reached from outside refuses a test clock
    for name, old in stack.tokens.items():
        stack.env[name] = f"{FRESH},{old}"
    stack.env["NUMBER_KEY"] = stack.tokens["SIGNING_KEY"]
    with stack:
        yield stack


HOUSE = ("test_size", "test_main_talk", "test_recovery", "test_chaos", "test_disk_full", "test_stop")
"""The tests of `house`, in this order: memory is measured in processes that were not killed yet, and the last ends it."""
TALKATIVE = ("test_privacy", "test_exposure", "test_rotation")
PAIR = ("test_scale", "test_faults")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of `house` come last, in their order."""
    place = {name: number for number, name in enumerate(HOUSE)}
    items.sort(key=lambda item: place.get(item.path.stem, -1))


class Together(LoadFileScheduling):
    """One process runs all files that share a house."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return next((shared[0] for shared in (HOUSE, TALKATIVE, PAIR) if Path(file).stem in shared), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    return Together(config, log) if config.getvalue("dist") == "loadfile" else None
