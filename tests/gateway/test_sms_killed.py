"""Promise 2 by text message: whatever is repeated, reordered or killed when, each text is answered, and twice only if that is counted.

The gateway is a process of its own and dies by SIGKILL; the bot and the carrier, which live on, say what it had done.
"""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.gateway.fake_rasa import FakeRasa
from tests.gateway.fake_twilio import FakeTwilio
from tests.gateway.front_door import FrontDoor, wait_for
from tests.gateway.texter import SETTINGS, Texter

Open = Callable[..., FrontDoor]
NUMBERS = (f"+1612557{number:04}" for number in range(10_000))
SECONDS = 120
"""Until all is done after a restart: a text that may have gone out is looked for after eight seconds, again when Twilio is slow."""


@pytest.fixture
def carrier(twilio: FakeTwilio) -> Iterator[FakeTwilio]:
    twilio.forget()
    yield twilio
    assert twilio.violations == []


def unanswered(door: FrontDoor) -> int:
    return count(door, "inbox where done_at is null")


def unsent(door: FrontDoor) -> int:
    return count(door, "outbox where state in ('waiting', 'sending')")


def count(door: FrontDoor, rows: str) -> int:
    return int(door.rows(f"select count(*) from {rows}")[0][0])


def all_done(door: FrontDoor) -> bool:
    return not unanswered(door) and not unsent(door)


def say(door: FrontDoor, texts: int = 4) -> list[str]:
    """Each from a number of its own; what will be answered."""
    for number in (numbers := [next(NUMBERS) for _ in range(texts)]):
        assert Texter(door.url, number).text(f"hello from {number[1:]}").status_code == 204
    return [f"You said: hello from {number[1:]}" for number in numbers]


def committed_only(door: FrontDoor, rasa: FakeRasa, carrier: FakeTwilio) -> list[str]:
    said = say(door)
    assert rasa.posts == []
    return said


def in_the_turn(door: FrontDoor, rasa: FakeRasa, carrier: FakeTwilio) -> list[str]:
    rasa.silent = True
    said = say(door)
    wait_for(lambda: rasa.posts)
    assert unanswered(door)
    return said


def reply_stored(door: FrontDoor, rasa: FakeRasa, carrier: FakeTwilio) -> list[str]:
    said = say(door, 8)  # more than the pace lets out at once
    wait_for(lambda: not unanswered(door) and not count(door, "outbox where state = 'sending'"))
    assert unsent(door)
    assert len(carrier.messages) < 8
    return said


def taken_and_not_recorded(door: FrontDoor, rasa: FakeRasa, carrier: FakeTwilio) -> list[str]:
    carrier.silent = "taking"
    said = say(door)
    wait_for(lambda: len(carrier.messages) == 4)
    assert unsent(door) == 4
    return said


def asked_and_not_taken(door: FrontDoor, rasa: FakeRasa, carrier: FakeTwilio) -> list[str]:
    carrier.silent = "refusing"
    said = say(door)
    wait_for(lambda: carrier.calls == 4)
    assert unsent(door) == 4
    return said


@pytest.mark.parametrize(
    ("moment", "join", "rate", "again"),
    [
        pytest.param(committed_only, "300", "1000", False, id="committed, no turn yet"),
        pytest.param(in_the_turn, "0.1", "1000", False, id="in the turn"),
        pytest.param(reply_stored, "0.1", "0.01", False, id="reply stored, not sent"),
        pytest.param(taken_and_not_recorded, "0.1", "1000", False, id="taken by the carrier, not recorded"),
        pytest.param(asked_and_not_taken, "0.1", "1000", True, id="asked of the carrier, not taken"),
    ],
)
def test_killed_at_any_moment_each_text_is_answered_once(
    open_door: Open, rasa: FakeRasa, carrier: FakeTwilio, moment: Any, join: str, rate: str, again: bool
) -> None:
    door = open_door(**SETTINGS | {"TWILIO_API_URL": carrier.url, "SMS_JOIN_SECONDS": join, "SMS_RATE": rate})
    said = moment(door, rasa, carrier)
    door.kill()
    rasa.silent, carrier.silent = False, None
    # A lease of the dead that the next one does not drop keeps its row back for good.
    door.rows("update inbox set hold_until = 0, lease_until = 2 * lease_until")
    door.rows("update outbox set next_at = 0, lease_until = 2 * lease_until")
    door.environ["SMS_RATE"] = "1000"
    door.start()
    wait_for(lambda: all_done(door), SECONDS)
    assert carrier.per_body() == Counter(said)
    uncertain = count(door, "outbox where uncertain")
    assert (uncertain > 0) == again, "sent once more only where nobody can know, and then counted"
    assert set(rasa.ran.values()) == {1}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killed_again_and_again_at_random_moments_none_is_lost_and_every_second_one_counted(
    open_door: Open, rasa: FakeRasa, carrier: FakeTwilio, seed: int
) -> None:
    door = open_door(**SETTINGS | {"TWILIO_API_URL": carrier.url, "SMS_JOIN_SECONDS": "0.1"})
    chance, said = random.Random(seed), []
    rasa.delay = 0.05
    for _ in range(3):
        said += say(door, 5)
        time.sleep(chance.uniform(0, 0.4))
        door.kill()
        door.start()
    wait_for(lambda: all_done(door), SECONDS)
    went, uncertain = carrier.per_body(), count(door, "outbox where uncertain")
    lost = set(said) - set(went)
    assert set(went) <= set(said)
    assert sum(went.values()) - len(went) + len(lost) <= uncertain
    assert len(lost) <= count(door, "staff_alerts where kind = 'text_uncertain'"), "killed in the second try, too"


@pytest.mark.parametrize("seed", [1, 2])
def test_texts_that_come_twice_at_once_and_out_of_order_are_each_read_once(
    open_door: Open, rasa: FakeRasa, carrier: FakeTwilio, seed: int
) -> None:
    door = open_door(**SETTINGS | {"TWILIO_API_URL": carrier.url})
    chance, numbers = random.Random(seed), [next(NUMBERS) for _ in range(6)]
    posts = [
        (number, f"part {part} of {number[1:]}", f"SM{chance.getrandbits(128):032x}")
        for number in numbers
        for part in range(5)
    ] * 2
    chance.shuffle(posts)
    with ThreadPoolExecutor(12) as pool:
        codes = list(pool.map(lambda one: Texter(door.url, one[0]).text(one[1], one[2]).status_code, posts))
    assert set(codes) == {204}
    wait_for(lambda: all_done(door), SECONDS)
    posts_read = {post["message_id"]: post["text"] for post in rasa.posts}
    read = Counter(line for text in posts_read.values() for line in text.split("\n"))
    assert read == Counter({text for _, text, _ in posts})
    for number in numbers:
        turns = {post["message_id"] for post in rasa.posts if post["metadata"]["phone"] == number}
        assert len(carrier.bodies(number)) == len(turns), "one text for one turn"


def test_a_callback_that_beats_the_answer_is_not_undone_by_it(
    open_door: Open, rasa: FakeRasa, carrier: FakeTwilio
) -> None:
    door = open_door(**SETTINGS | {"TWILIO_API_URL": carrier.url})
    carrier.silent = "taking"
    texter = Texter(door.url, next(NUMBERS))
    texter.text("hello")
    wait_for(lambda: carrier.messages)
    assert texter.status(carrier.messages[0], "delivered").status_code == 204
    carrier.silent = None
    wait_for(lambda: re.search("text_handed_over|text_failed", door.log.read_text()))
    assert count(door, "outbox where state = 'delivered'") == 1
    assert len(carrier.messages) == 1
