"""Rate limits are kind, and never stand between a person in crisis and an answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.gateway.fake_rasa import FakeRasa
from tests.gateway.front_door import PATIENCE, Chat, FrontDoor, Stream

Open = Callable[..., FrontDoor]


@pytest.fixture(scope="module")
def tight_door(tmp_path_factory: pytest.TempPathFactory, shared_rasa: FakeRasa):  # type: ignore[no-untyped-def]
    door = FrontDoor(
        tmp_path_factory.mktemp("tight"),
        shared_rasa.port,
        GATEWAY_LIMIT_SESSION="3/900",
        GATEWAY_LIMIT_ADDRESS="8/1800",
        GATEWAY_LIMIT_SESSIONS="6/3600",
        GATEWAY_STREAMS_PER_ADDRESS="4",
        GATEWAY_STREAMS_PER_SESSION="2",
        GATEWAY_TRUSTED_PROXIES="127.0.0.1",
    )
    door.start()
    yield door
    door.stop()


def from_address(door: FrontDoor, address: str) -> Chat:
    chat = Chat(door.url, token="none yet")
    chat.http.headers["X-Forwarded-For"] = f"6.6.6.6, {address}"
    chat.token = chat.http.post("/chat/session").json()["token"]
    return chat


def test_a_chat_that_hurries_is_asked_to_wait(tight_door: FrontDoor, rasa: FakeRasa) -> None:
    chat = from_address(tight_door, "198.51.100.1")
    for number in range(3):
        chat.send(f"message {number}")
    answer = chat.post(client_msg_id="four", text="message 3")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert 1 <= int(answer.headers["retry-after"]) <= 300
    assert "911" in answer.json()["detail"]
    assert rasa.safety_checks == ["message 3"]


def test_a_cry_for_help_is_answered_whatever_the_limits_say(tight_door: FrontDoor, rasa: FakeRasa) -> None:
    chat = from_address(tight_door, "198.51.101.1")
    for number in range(3):
        chat.send(f"message {number}")
    message = chat.send("I want to kill myself")
    assert "988" in chat.until_idle(message)[0]["text"]
    assert chat.post(client_msg_id=message, text="I want to kill myself").json()["duplicate"] is True
    assert "I want to kill myself" not in [post["text"] for post in rasa.posts]


@pytest.mark.parametrize("length", [1200, 6000])
def test_an_over_long_cry_for_help_is_answered(chat: Chat, rasa: FakeRasa, length: int) -> None:
    message = chat.send("I want to kill myself " + "x" * length)
    assert "988" in chat.until_idle(message)[0]["text"]
    assert rasa.posts == []
    assert len(chat.events[0]["text"]) <= 1000


def test_a_neighbourhood_has_a_limit_of_its_own(tight_door: FrontDoor, rasa: FakeRasa) -> None:
    chats = [from_address(tight_door, f"198.51.102.{n}") for n in range(4)]
    codes = [chat.post(client_msg_id=str(n), text="hi").status_code for n in range(3) for chat in chats]
    assert codes.count(202) == 8
    assert from_address(tight_door, "198.51.103.1").post(client_msg_id="a", text="hi").status_code == 202


def test_new_chats_are_limited_by_address(tight_door: FrontDoor, rasa: FakeRasa) -> None:
    chat = from_address(tight_door, "198.51.104.1")
    codes = [chat.http.post("/chat/session").status_code for _ in range(7)]
    assert codes == [201] * 5 + [429] * 2


def test_an_untrusted_forwarded_address_does_not_count(chat: Chat, open_door: Open) -> None:
    door = open_door(GATEWAY_LIMIT_SESSIONS="2/3600")
    http = Chat(door.url, token="none").http
    codes = [http.post("/chat/session", headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(4)]
    assert codes == [201, 201, 429, 429]


def test_too_many_streams_of_a_chat_close_the_oldest(tight_door: FrontDoor, rasa: FakeRasa) -> None:
    chat = from_address(tight_door, "198.51.105.1")
    oldest, second, third = Stream(chat), Stream(chat), Stream(chat)
    assert oldest.ended.wait(PATIENCE)
    assert oldest.beats == 0
    chat.send("hello")
    assert len(second.wait_for(4)) == len(third.wait_for(4)) == 4
