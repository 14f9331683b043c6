"""Texts are asked for by a question of their own, once, after the visit is booked; only a clear yes is one."""

import dataclasses
import hashlib

import pytest
import requests

from actions import desk, texts
from actions.my_appointment import ActionMyAppointment
from actions.sentences_en import ENGLISH
from actions.sentences_es import SPANISH
from actions.waitlist import ActionWaitlist
from tests.actions.talk import Talk, when
from tests.actions.test_book import AFTERNOON, asked, told
from tests.actions.test_own_visits import ANN, verified

ASKS = ("ask_texts", "ask_texts_waiting", "texts_what", "texts_terms", "texts_privacy", "texts_yes", "texts_no")
NUMBER = ("c0ffee", "+16125550123")


@pytest.fixture
def no_texts(service):
    """A clinic without an account for text messages."""
    desk.open_desk(dataclasses.replace(desk.current(), texts=False))


def booked(**slots):
    talk = told(Talk(**slots))
    talk.say("yes")
    return talk


def is_asked(talk):
    """Whether the last turn asks for texts."""
    return any("may we text" in reply.get("text", "").lower() for reply in talk.replies)


def answered(service):
    return service.texts.get(NUMBER, {}).get("wanted")


def test_the_version_changes_with_the_words():
    words = "".join(book[key] for book in (ENGLISH, SPANISH) for key in ASKS)
    assert (texts.WORDING, hashlib.sha256(words.encode()).hexdigest()[:12]) == ("web-2026-11-a", "1a4615d5d4ba")


@pytest.mark.parametrize("book", [ENGLISH, SPANISH], ids=["en", "es"])
def test_the_question_says_who_what_how_often_at_what_cost_and_how_to_end_it(book):
    words = " ".join(book[key] for key in ("ask_texts", "texts_what", "texts_terms"))
    for part in ("{clinic}", "{number}", "{count}", "STOP", "HELP"):
        assert part in words
    assert "rates may apply" in words or "tarifas" in words


def test_it_is_asked_after_the_booking_was_told_and_nothing_is_texted_before(service):
    talk = booked()
    first, question = talk.replies
    assert first["metadata"]["outcome"]["kind"] == "booked"
    assert "outcome" not in question["metadata"]
    assert "612-555-0123" in question["text"]
    assert "about 4 texts" in question["text"]
    assert [button["title"] for button in question["buttons"]] == ["Yes, text me", "No texts, please"]
    assert not service.texts


@pytest.mark.parametrize("words", ["text me", "yes, text me", "Please text me"])
def test_a_clear_yes_is_kept_with_the_version_of_the_words(service, words):
    talk = booked()
    assert "we'll text you at 612-555-0123" in talk.say(words)
    assert service.texts[NUMBER] == {
        "conversation": "c0ffee", "phone": "+16125550123", "wanted": True, "wording": texts.WORDING,
    }  # fmt: skip
    assert talk.slots["draft"].get("phone") is None


@pytest.mark.parametrize(
    ("answer", "wanted"), [("Yes, text me", True), ("No texts, please", False), ("Sí, envíenme mensajes", True)]
)
def test_one_press_answers(service, answer, wanted):
    talk = booked(language="es" if answer.startswith("Sí") else "en")
    talk.press(answer)
    assert answered(service) is wanted
    assert talk.outcomes == []


@pytest.mark.parametrize(
    "words", ["no", "no thanks", "no texts please", "don't text me", "stop", "nope", "sin mensajes"]
)
def test_a_no_in_words_is_kept(service, words):
    assert "won't text you" in booked().say(words)
    assert answered(service) is False


def test_the_yes_to_the_booking_sent_twice_is_no_yes_to_texts(service):
    talk = booked()
    again = talk.say("yes")
    assert talk.outcomes[0]["kind"] == "booked"
    assert "may we text you" in again
    assert answered(service) is None
    assert "we'll text you" in talk.say("yes"), "a third one can be nothing else"
    assert answered(service) is True
    assert service.count("POST", "/v1/appointments$") == 1


def test_the_button_of_the_booking_pressed_again_is_no_yes_to_texts(service):
    talk = booked()
    again = talk.choose("yes")
    assert talk.outcomes[0]["kind"] == "booked"
    assert "may we text you" in again
    assert answered(service) is None


def test_going_on_after_the_crisis_reply_asks_again(service):
    talk = booked()
    assert "may we text you" in talk.choose("resume")
    assert talk.outcomes == []
    talk.press("Yes, text me")
    assert answered(service) is True
    talk.choose("resume")
    assert [one["kind"] for one in talk.outcomes] == ["booked"], "nothing is open: what was done is told again"
    assert "may we text you" not in talk.replies[-1]["text"]


@pytest.mark.parametrize("words", ["ok", "great", "perfect", "vale"])
def test_what_is_only_polite_agrees_to_nothing_and_is_not_asked_again(service, words):
    talk = booked()
    talk.say(words)
    assert not is_asked(talk)
    talk.say("yes")
    assert answered(service) is None


@pytest.mark.parametrize("words", ["ok", "great", "perfect", "vale"])
def test_nor_does_it_when_a_second_yes_had_it_asked_again(service, words):
    talk = booked()
    talk.say("yes")
    assert is_asked(talk)
    talk.say(words)
    assert answered(service) is None


def test_a_question_instead_of_an_answer_is_answered_and_lets_it_rest(service):
    talk = booked()
    talk.say("where do I park?", intent="faq", topic="parking")
    assert talk.replies[0]["response"] == "utter_faq/parking"
    assert talk.slots["task"] is None
    assert answered(service) is None


@pytest.mark.parametrize("theirs", ["+16125550123", "+16125550199"], ids=["the number given", "another number"])
def test_a_texter_is_not_asked(service, theirs):
    talk = booked(channel="sms", visitor_phone=theirs)
    assert talk.outcomes[0]["kind"] == "booked"
    assert not is_asked(talk)
    (posted,) = [one for one in service.asked if one.path == "/v1/appointments"]
    assert posted.body["sender_phone"] == theirs


def test_a_known_patient_is_not_asked(service):
    service.knows(*ANN)
    talk = asked(verified(Talk(), ActionMyAppointment(), "my_appointment"))
    talk.say("the second")
    talk.say("yes")
    assert talk.outcomes[0]["kind"] == "booked"
    assert not is_asked(talk)


def test_who_said_no_is_not_asked_again_in_the_same_talk(service):
    talk = booked()
    talk.press("No texts")
    service.texts[NUMBER]["wanted"] = False
    told(talk).say("yes")
    assert talk.outcomes[0]["kind"] == "booked"
    assert not is_asked(talk)


def waitlisted(talk):
    talk.say("put me on the waitlist", ActionWaitlist(), "waitlist", when=when(AFTERNOON))
    talk.say("Ann Lee", name="Ann Lee")
    said = talk.say("March 4, 1980", date_of_birth="1980-03-04")
    if talk.slots["expects"] == "phone":
        said = talk.say("612-555-0123", phone="+16125550123")
    assert talk.outcomes == [{"kind": "waitlisted"}]
    return said


@pytest.mark.parametrize("wanted", [True, False])
def test_offers_from_the_waitlist_are_asked_about_too(service, wanted):
    talk = Talk()
    told_ = waitlisted(talk)
    assert "may we text you" in told_.lower()
    assert "we'll text you" not in told_
    said = talk.say("yes" if wanted else "no")
    assert answered(service) is wanted
    assert ("we can't tell you when a time opens up" in said) is not wanted
    assert talk.slots["task"] is None


def test_where_no_text_can_go_out_nobody_is_asked(service, no_texts):
    talk = booked()
    assert talk.outcomes[0]["kind"] == "booked"
    assert "text" not in talk.replies[-1]["text"]
    talk.say("yes")
    assert len(talk.replies) == 1
    assert answered(service) is None


def test_where_no_text_can_go_out_the_waitlist_promises_none(service, no_texts):
    talk = Talk()
    said = waitlisted(talk)
    assert "may we text you" not in said.lower()
    assert "we can't tell you when a time opens up" in said
    assert talk.slots["task"] is None


def test_a_texter_is_told_of_offers_at_the_number_they_write_from_and_at_no_other(service):
    assert "we'll text you" in waitlisted(Talk(channel="sms", visitor_phone="+16125550123"))
    talk = Talk(channel="sms", visitor_phone="+16125550199")
    talk.say(
        "waitlist please, my number is 612-555-0123", ActionWaitlist(), "waitlist", phone="+16125550123",
        when=when(AFTERNOON),
    )  # fmt: skip
    talk.say("Ann Lee", name="Ann Lee")
    said = talk.say("March 4, 1980", date_of_birth="1980-03-04")
    assert talk.outcomes == [{"kind": "waitlisted"}]
    assert "we'll text you" not in said


@pytest.mark.parametrize("words", ["ok", "vale"])
def test_on_the_waitlist_too_what_is_only_polite_agrees_to_nothing(service, words):
    talk = Talk()
    waitlisted(talk)
    talk.say(words)
    assert answered(service) is None


def test_an_answer_that_cannot_be_kept_is_asked_for_again(service):
    talk = booked()
    service.fail("POST", "/v1/texts", requests.ConnectTimeout())
    talk.press("Yes, text me")
    assert "text you at" not in talk.replies[-1]["text"]
    talk.choose("again")
    assert "may we text you" in talk.replies[-1]["text"]
    talk.press("Yes, text me")
    assert answered(service) is True


def test_a_record_that_is_gone_means_no_texts(service):
    talk = booked()
    service.fail("POST", "/v1/texts", (404, "not_found"))
    assert "so we won't text you" in talk.press("Yes, text me")
