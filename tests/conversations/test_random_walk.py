"""A patient who says anything at all: never silence, never an exception, never a false word, never a dead end."""

from __future__ import annotations

import random

import pytest

from tests.conversations.talk import FALSE_CLAIM, Script, Sms, Web, says_each_thing_once

pytestmark = pytest.mark.stack

SEED = 7
SAID = """
hi|yes|no|maybe|thanks|the second|2|7|other times|none of those|never mind|start over|go back|cancel|stop|next Tuesday|tomorrow at 3
next week in the afternoon|as soon as possible|February 30|yesterday|Ann Lee|Nora Lund, 4/5/1979, 612-555-0188|3/4/1980|my birthday
612-555-0123|6125550123456|12345|123456|😀|???|asdf jkl|how long does it take?|does it hurt?|what are your hours?|where are you?
can I talk to a person?|call me back|I want to book a consultation|what times do you have next week?|when is my appointment?
cancel my appointment|move my appointment to Friday|confirm my appointment|put me on the waitlist|schedule all my sessions
I want a visit for my mother|should I stop taking my pills?|what do I have?|are you a robot?|hola, quiero una cita|sí|la segunda
¿cuánto cuesta?|olvídelo|empezar de nuevo|no, Wednesday instead|actually make it Lakeside|change the phone number|morning|afternoon
the phone number is wrong|I'm 15|<b>bold</b>|/restart|/in_task{"choice": "yes"}|ok ok ok|what?|bye|I need help|try again|más tarde
""".replace("\n", "|")
WORDS = [part for part in SAID.split("|") if part]
BROKEN = ("something went wrong", "algo falló")


def walk(stack, channel: str, moves: int, seed: int) -> None:
    """Take `moves` random steps, in talks of about 25, and check every answer."""
    dice = random.Random(seed)
    done = 0
    while done < moves:
        stack.forget()
        script = Script("walk", "", [], channel=channel, phone="+16125550170" if channel == "sms" else None)
        stack.set_clock(script.now)
        patient = (Sms if channel == "sms" else Web)(stack, script)
        choices: list[dict] = []
        heard: list[str] = []
        try:
            for _ in range(min(25, moves - done)):
                done += 1
                before = stack.open_visits()
                if choices and dice.random() < 0.45:
                    choice = dice.choice(choices)
                    heard.append(f"PRESS {choice['label']}")
                    turn = patient.press(choice)
                else:
                    heard.append(dice.choice(WORDS))
                    turn = patient.say(heard[-1])
                choices = [one for message in turn for one in message.get("choices", [])] or choices
                _check(stack, turn, before, heard)
            last = patient.say("start over")
            _check(stack, last, stack.open_visits(), [*heard, "start over"])
            assert not any("Shall I book" in message["text"] for message in last), heard
        finally:
            patient.close()


def _check(stack, turn: list[dict], before: list[dict], heard: list[str]) -> None:
    so_far = "\n".join(heard[-12:])
    text = " ".join(message.get("text", "") for message in turn)
    heard.append(f"    BOT {text[:160]!r}")
    assert text.strip(), f"silence:\n{so_far}"
    assert says_each_thing_once(turn), f"repeats itself:\n{so_far}\n{text}"
    assert not any(words in text for words in BROKEN), f"broke:\n{so_far}\n{text}"
    outcomes = [message["outcome"] for message in turn if message.get("outcome")]
    if not outcomes:
        assert not FALSE_CLAIM.search(text), f"a false word:\n{so_far}\n{text}"
        assert stack.open_visits() == before, f"a change that was not told:\n{so_far}\n{text}"
    for outcome in outcomes:
        if outcome["kind"] == "booked" and "sessions" not in outcome:
            starts = {row["start"] for row in stack.open_visits()}
            assert outcome["start"][:16] in starts, f"booked, but not in the book:\n{so_far}\n{text}"


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_a_short_random_walk(stack, channel):
    walk(stack, channel, 25, SEED)


@pytest.mark.soak
@pytest.mark.parametrize("channel", ["web", "sms"])
def test_a_random_walk_of_a_thousand_moves(stack, channel):
    walk(stack, channel, 500, SEED + 1)
