"""Promise 2: a message that was accepted is answered, exactly once, through faults of the bot and of the gateway."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.gateway.fake_rasa import FakeRasa
from tests.gateway.front_door import PATIENCE, FrontDoor, Stream, wait_for

Open = Callable[..., FrontDoor]
HASTY = {"GATEWAY_APOLOGISE_SECONDS": "2"}


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param([("status", 503)] * 3, id="not ready yet"),
        pytest.param([("status", 500)], id="crashed"),
        pytest.param(["drop"], id="ran but its answer was lost"),
        pytest.param(["hang"], id="hangs"),
        pytest.param(["junk"], id="answers nonsense"),
        pytest.param(["empty"], id="answers nothing"),
    ],
)
def test_after_any_trouble_the_message_is_posted_again_under_its_id(
    pressing: FrontDoor, rasa: FakeRasa, trouble: list[Any]
) -> None:
    chat = pressing.chat()
    rasa.plan.extend(trouble)
    (answer,) = chat.ask("hello")
    assert answer["text"] == "You said: hello"
    assert len({post["message_id"] for post in rasa.posts}) == 1
    assert len(rasa.posts) >= 2
    assert sum(rasa.ran.values()) == 1
    assert [event["seq"] for event in chat.events] == [1, 2, 3, 4]


def test_a_slow_turn_is_apologised_for_and_then_delivered_as_well(open_door: Open, rasa: FakeRasa) -> None:
    chat = open_door(**HASTY).chat()
    rasa.silent = True
    message = chat.send("book it")
    (apology,) = chat.until_idle(message)
    for part in ("612-555-0100", "911", "988"):
        assert part in apology["text"]
    assert "book" not in apology["text"].lower()
    rasa.silent = False
    chat.until(lambda: len(chat.said(message)) > 1)
    assert chat.said(message)[1]["text"] == "You said: book it"
    assert sum(rasa.ran.values()) == 1
    assert len(chat.ask("and now?")) == 1


def test_a_bot_that_is_away_leaves_the_fixed_sentence_and_the_message_waits(open_door: Open, rasa: FakeRasa) -> None:
    rasa.stop()
    door = open_door(**HASTY)
    chat = door.chat()
    first = chat.send("hello")
    assert "988" in chat.until_idle(first)[0]["text"]
    rasa.start()
    chat.until(lambda: len(chat.said(first)) > 1)
    assert chat.said(first)[1]["text"] == "You said: hello"


def test_a_bot_that_does_not_exist_yet_answers_when_it_does(open_door: Open, rasa: FakeRasa) -> None:
    rasa.stop()
    chat = open_door().chat()
    message = chat.send("hello")
    time.sleep(1.5)
    rasa.start()
    assert [event["text"] for event in chat.until_idle(message)] == ["You said: hello"]


def test_what_was_apologised_for_is_not_acted_upon_once_its_sender_writes_again(
    open_door: Open, rasa: FakeRasa
) -> None:
    rasa.starting = True
    door = open_door(**HASTY)
    chat = door.chat()
    chat.until_idle(chat.send("yes"))
    again = chat.send("hello again")
    wait_for(lambda: door.rows("select done_at from inbox order by position limit 1") != [(None,)])
    rasa.starting = False
    chat.until(lambda: any(said["text"] == "You said: hello again" for said in chat.said(again)))
    assert rasa.order == ["hello again"]


def test_killed_between_accept_and_reply_it_answers_once_after_the_restart(open_door: Open, rasa: FakeRasa) -> None:
    door = open_door()
    chat = door.chat()
    rasa.silent = True
    message = chat.send("hello")
    wait_for(lambda: rasa.posts)
    door.kill()
    rasa.silent = False
    door.rows("update inbox set lease_until = 2 * lease_until")  # not to be waited for
    door.start()
    chat.until_idle(message)
    time.sleep(1.2)
    chat.poll()
    assert [event["text"] for event in chat.events if event["type"] == "bot"] == ["You said: hello"]
    assert sum(rasa.ran.values()) == 1
    assert {post["message_id"] for post in rasa.posts} == set(rasa.ran)


def test_a_stop_ends_the_streams_and_loses_nothing(open_door: Open, rasa: FakeRasa) -> None:
    door = open_door()
    chat = door.chat()
    streams = [Stream(chat), Stream(door.chat())]
    rasa.silent = True
    message = chat.send("hello")
    wait_for(lambda: rasa.posts)
    door.stop()
    assert all(stream.ended.wait(PATIENCE) for stream in streams)
    rasa.silent = False
    door.start()
    assert len(chat.until_idle(message)) == 1
    assert sum(rasa.ran.values()) == 1


@pytest.mark.alone
def test_a_stop_drains_within_four_seconds(open_door: Open, rasa: FakeRasa) -> None:
    door = open_door()
    chat = door.chat()
    streams = [Stream(chat), Stream(door.chat())]
    rasa.plan.append(("delay", 1.0))
    message = chat.send("hello")
    time.sleep(0.2)
    assert door.stop() <= 4
    assert all(stream.ended.is_set() for stream in streams)
    door.start()
    assert len(chat.until_idle(message)) == 1
    assert len(rasa.posts) == 1


def test_a_crisis_reply_leaves_a_staff_alert_in_its_own_transaction(door: FrontDoor, rasa: FakeRasa) -> None:
    before = len(door.rows("select * from staff_alerts"))
    rasa.script["help"] = [{"text": "Call or text 988.", "lang": "en", "alert": {"kind": "suicidal"}}]
    (answer,) = door.chat().ask("help")
    assert "alert" not in answer
    alerts = door.rows("select kind, channel, message_id from staff_alerts order by created_at")
    assert len(alerts) == before + 1
    assert alerts[-1] == ("suicidal", "web", rasa.posts[-1]["message_id"])


def test_a_refusing_bot_is_apologised_for_at_once(open_door: Open, rasa: FakeRasa) -> None:
    door = open_door(BOT_TOKEN="another token than the bot's")
    (apology,) = door.chat().ask("hello")  # long before a slow turn is apologised for
    assert "612-555-0100" in apology["text"]
    assert door.rows("select kind from staff_alerts") == [("bot_refused",)]


def test_health_tells_which_part_is_not_ready(door: FrontDoor) -> None:
    assert door.get("/healthz").status_code == 200
    # A part that does not answer at once counts as one that is not ready, so the bot may need a second look.
    wait_for(lambda: door.get("/readyz").json()["not_ready"] == ["actions", "scheduling"])
    answer = door.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"].keys() == {"database", "rasa", "actions", "scheduling"}


@pytest.fixture(scope="module")
def pressing(tmp_path_factory: pytest.TempPathFactory, shared_rasa: FakeRasa) -> Iterator[FrontDoor]:
    """A gateway that repeats a silent post after one second."""
    door = FrontDoor(tmp_path_factory.mktemp("pressing"), shared_rasa.port, GATEWAY_REPEAT_SECONDS="1")
    door.start()
    yield door
    door.stop()
