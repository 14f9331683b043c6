"""What is said when a message may mean several things, and that nothing is said twice in the same words."""

import pytest

from actions.answers import ActionDidYouMean
from actions.availability import ActionAvailability
from actions.clinic_facts import ActionHours
from actions.reschedule import ActionReschedule
from tests.actions.talk import Talk

TOPICS = ("availability", "reschedule", "book")


def payloads(talk: Talk) -> list[str]:
    return [button["payload"] for button in talk.buttons("topic")]


def test_a_doubtful_wish_is_begun_and_the_other_readings_are_offered_under_it(service):
    talk = Talk()
    said = talk.say("thursday maybe?", ActionAvailability(), "availability", topics=TOPICS, confidence=0.5)
    assert said.endswith("Or did you mean one of these?")
    assert payloads(talk) == ["/reschedule", "/book"]
    assert talk.buttons("slot"), "the first reading is acted on"


def test_pressing_an_offered_wish_leaves_the_task_that_was_begun(service):
    talk = Talk()
    talk.say("thursday maybe?", ActionAvailability(), "availability", topics=TOPICS, confidence=0.5)
    assert talk.slots["task"] == "book"
    talk.say("", intent="reschedule", topic="reschedule", confidence=1.0)
    assert talk.slots["task"] == "reschedule"


def test_a_sure_wish_is_not_asked_about(service):
    talk = Talk()
    talk.say("move my visit", ActionReschedule(), "reschedule", topics=("reschedule",))
    assert "did you mean" not in talk.replies[-1]["text"]


def test_the_clinics_own_facts_offer_the_other_readings_too(service):
    talk = Talk(channel="sms")
    said = talk.say("saturday?", ActionHours(), "hours", topics=("hours", "availability"), confidence=0.5)
    assert said.endswith("Not what you meant?")
    assert payloads(talk) == ["/availability"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_facts_asked_twice_are_not_said_twice_in_the_same_words(service, language):
    talk = Talk(language=language)
    first = talk.say("hours?", ActionHours(), "hours")
    assert talk.say("hours?", ActionHours(), "hours") != first


def test_a_second_doubt_in_a_row_is_put_in_other_words_and_offers_a_person(service):
    talk = Talk()
    say = {"action": ActionDidYouMean(), "intent": "did_you_mean", "topic": "fallback", "topics": ("anxiety", "price")}
    first = talk.say("hm", **say)
    assert payloads(talk) == ["/faq/anxiety", "/price", "/human"]
    assert talk.say("hm hm", **say) != first
    assert "/human" in payloads(talk)


def test_a_person_is_offered_once(service):
    talk = Talk()
    talk.say("hm", ActionDidYouMean(), "did_you_mean", topic="fallback", topics=("anxiety", "human"))
    assert payloads(talk) == ["/faq/anxiety", "/human"]
