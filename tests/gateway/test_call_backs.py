"""A call that was promised while scheduling was away is recorded when it is back: once, through crashes, and only if still wanted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.gateway.fake_rasa import FakeRasa
from tests.gateway.fake_scheduling import FakeScheduling
from tests.gateway.front_door import Chat, FrontDoor, wait_for

ANN = {"name": "Ann Lee", "phone": "+16125550123", "best_time": "morning", "reason": "booking", "language": "en"}


@pytest.fixture
def scheduling() -> Iterator[FakeScheduling]:
    with FakeScheduling() as fake:
        fake.calls_status = 503
        yield fake


@pytest.fixture
def open_near(open_door: Callable[..., FrontDoor], scheduling: FakeScheduling) -> Callable[..., FrontDoor]:
    return lambda **more: open_door(SCHEDULING_PORT=str(scheduling.port), **more)


def promise(rasa: FakeRasa, chat: Chat, words: str = "call me", **more: Any) -> None:
    wish = {"key": f"{words}:callback".replace(" ", "-"), **ANN, **more}
    rasa.script[words] = [{"text": "Noted.", "lang": "en", "call_back": wish}]
    chat.until_idle(chat.send(words))


def kept(door: FrontDoor) -> int:
    return int(door.rows("select count(*) from call_backs")[0][0])


def test_it_is_kept_through_a_crash_and_recorded_once_when_scheduling_is_back(
    open_near: Callable[..., FrontDoor], rasa: FakeRasa, scheduling: FakeScheduling
) -> None:
    door = open_near()
    chat = door.chat()
    promise(rasa, chat)
    assert all("call_back" not in event for event in chat.events), "a name and a number stay on the server"
    time.sleep(2.5)
    door.kill()
    assert kept(door) == 1
    door.start()
    scheduling.calls_status = 201
    wait_for(lambda: scheduling.calls)
    wait_for(lambda: kept(door) == 0)
    ((key, body),) = scheduling.calls
    assert key == "call-me:callback"
    assert {name: body[name] for name in ANN} == ANN
    time.sleep(2.5)
    assert len(scheduling.calls) == 1


def test_after_an_outage_it_waits_and_is_dropped_when_the_talk_got_it_done(
    open_near: Callable[..., FrontDoor], rasa: FakeRasa, scheduling: FakeScheduling
) -> None:
    scheduling.calls_status = 201
    door = open_near(GATEWAY_CALL_BACK_SECONDS="600")
    settled, left = door.chat(), door.chat()
    promise(rasa, settled, "one", unless_done=True)
    promise(rasa, left, "two", unless_done=True)
    assert kept(door) == 2
    rasa.script["yes"] = [{"text": "You're booked.", "lang": "en", "outcome": {"kind": "booked"}}]
    settled.until_idle(settled.send("yes"))
    assert kept(door) == 1
    assert not scheduling.calls
    assert door.rows("select next_at - created_at from call_backs") == [(600,)]
    door.rows("update call_backs set next_at = next_at - 600")
    wait_for(lambda: scheduling.calls)
    assert [key for key, _ in scheduling.calls] == ["two:callback"]


def test_one_that_scheduling_refuses_for_good_becomes_a_note_to_staff(
    open_near: Callable[..., FrontDoor], rasa: FakeRasa, scheduling: FakeScheduling
) -> None:
    scheduling.calls_status = 422
    door = open_near()
    promise(rasa, door.chat())
    wait_for(lambda: kept(door) == 0)
    assert door.rows("select kind from staff_alerts") == [("call_back_lost",)]
