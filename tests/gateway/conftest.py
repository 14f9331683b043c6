"""What the gateway's tests share: a scripted bot and the gateway in front of it, as real servers on free ports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gateway.fake_rasa import FakeRasa
from tests.gateway.fake_scheduling import FakeScheduling
from tests.gateway.fake_twilio import FakeTwilio
from tests.gateway.front_door import Chat, FrontDoor


@pytest.fixture(scope="session")
def shared_rasa() -> Iterator[FakeRasa]:
    with FakeRasa() as fake:
        yield fake


@pytest.fixture(autouse=True)
def nothing_under_way() -> Iterator[None]:
    """A gateway that several tests share has done with one test's messages before the next begins."""
    yield
    for door in list(FrontDoor.running):
        door.settle()


@pytest.fixture
def rasa(shared_rasa: FakeRasa) -> Iterator[FakeRasa]:
    """The bot, with everything forgotten that an earlier test told it."""
    shared_rasa.forget()
    yield shared_rasa
    if not shared_rasa.runs:
        shared_rasa.start()


@pytest.fixture(scope="session")
def shared_door(tmp_path_factory: pytest.TempPathFactory, shared_rasa: FakeRasa) -> Iterator[FrontDoor]:
    var = tmp_path_factory.mktemp("var")
    var.chmod(0o700)
    door = FrontDoor(var, shared_rasa.port)
    door.start()
    yield door
    door.stop()


@pytest.fixture
def door(shared_door: FrontDoor, rasa: FakeRasa) -> FrontDoor:
    """A gateway with everyday settings, shared by all tests that do not stop it."""
    return shared_door


@pytest.fixture
def chat(door: FrontDoor) -> Chat:
    return door.chat()


@pytest.fixture
def open_door(tmp_path: Path, rasa: FakeRasa) -> Iterator[Callable[..., FrontDoor]]:
    """Starts gateways with settings of one's own, all stopped at the end."""
    doors: list[FrontDoor] = []

    def make(**environ: str) -> FrontDoor:
        var = tmp_path / f"var{len(doors)}"
        var.mkdir(mode=0o700)
        doors.append(FrontDoor(var, rasa.port, **environ))
        doors[-1].start()
        return doors[-1]

    yield make
    for door in doors:
        if door.process and door.process.poll() is None:
            door.kill()


@pytest.fixture(scope="module")
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as fake:
        yield fake


@pytest.fixture(scope="module")
def scheduling() -> Iterator[FakeScheduling]:
    with FakeScheduling() as fake:
        yield fake
