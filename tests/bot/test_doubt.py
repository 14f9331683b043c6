"""A doubtful answer comes with what else was meant; `bot.understand` reports exactly what the bot shows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot import lean, settings
from bot.classifier import HybridClassifier
from bot.hybrid import Guess
from bot.understand import Understander
from bot.understanding import Understanding
from clinic import clock
from clinic.config import load
from tests.bot.server import Server, Talk

RANKING = (("faq/anxiety", 0.6), ("faq/ptsd", 0.2), ("thanks", 0.1), ("course", 0.05), ("book", 0.04), ("hours", 0.03))
MAYBES = ("treatment", "does it", "magnet hello", "is it the treatment")


def settle(confidence: float, *ranking: tuple[str, float], **config: float) -> Understanding:
    thresholds = {"answer": 0.4, "act": 0.4, "sure": 0.8, "offer": 0.12, "offer_least": 0.01, **config}
    classifier = HybridClassifier(thresholds, None, None)  # type: ignore[arg-type]
    return classifier._settle(Guess(ranking, confidence))


def test_below_sure_an_answer_comes_with_two_other_topics_at_most() -> None:
    assert settle(0.79, *RANKING).topics == ("anxiety", "ptsd", "book")
    assert settle(0.8, *RANKING).topics == ("anxiety",)


def test_what_is_hardly_likely_is_not_offered() -> None:
    assert settle(0.6, ("price", 0.9), ("hours", 0.009)).topics == ("price",)


@pytest.mark.parametrize("label", ["greet", "thanks", "goodbye", "confirm", "opt_out"])
def test_small_talk_is_not_asked_about(label: str) -> None:
    assert settle(0.6, (label, 0.6), ("hours", 0.3)).topics == (label,)


def test_danger_in_doubt_is_never_a_button() -> None:
    understood = settle(0.6, ("faq/anxiety", 0.6), ("emergency_suicide", 0.3), ("emergency_medical", 0.1))
    assert understood.topics == ("anxiety",)


def test_below_the_answer_up_to_three_different_topics_are_offered() -> None:
    understood = settle(0.3, *RANKING)
    assert (understood.intent, understood.topic) == ("did_you_mean", "fallback")
    assert understood.topics == ("anxiety", "ptsd", "book")


@pytest.fixture(scope="module")
def doubtful(house: Path) -> tuple[str, dict]:
    """A message for which the tiny bot gives an answer of which it is not sure, and what it was understood as."""
    before = os.getcwd()
    os.chdir(house)
    clock.start(load().timezone)
    lean.install()
    nlu = Understander(settings.model_file())
    found = [(text, nlu.line(text)) for text in MAYBES]
    os.chdir(before)
    answered = [(text, line) for text, line in found if line["topic"] in ("does_it_hurt", "coverage", "what_is_tms")]
    several = [(text, line) for text, line in answered if len(line["topics"]) > 1]
    assert several, found
    return several[0]


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_the_patient_sees_the_topics_that_the_command_reports(
    server: Server, doubtful: tuple[str, dict], channel: str
) -> None:
    text, line = doubtful
    (reply,) = Talk(server, channel=channel).say(text)
    assert reply["topic"] == line["topic"]
    assert [choice["payload"].rsplit("/", 1)[-1] for choice in reply["choices"]] == line["topics"][1:]
    assert {choice["kind"] for choice in reply["choices"]} == {"topic"}
    assert reply["text"].endswith("Or did you mean one of these?" if channel == "web" else "Not what you meant?")


def test_an_offered_topic_that_is_pressed_is_answered_without_another_offer(
    server: Server, doubtful: tuple[str, dict]
) -> None:
    talk = Talk(server)
    (reply,) = talk.say(doubtful[0])
    (pressed,) = talk.press("/faq/what_is_tms")
    assert pressed["topic"] == "what_is_tms"
    assert "did you mean" not in pressed["text"]
    assert reply["text"] != pressed["text"]


def test_a_doubtful_answer_is_not_said_twice_in_the_same_words(server: Server, doubtful: tuple[str, dict]) -> None:
    talk = Talk(server)
    first = talk.say(doubtful[0])[0]["text"].split("\n\n")[0]
    assert first not in talk.say(doubtful[0])[0]["text"].split("\n\n")
