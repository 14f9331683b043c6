"""What was said in part: a first name without the last, a time before the kind of visit."""

import pytest

from actions.book import ActionBook
from actions.human import ActionHuman
from tests.actions.talk import Talk, when
from tests.actions.test_book import asked


def test_one_word_is_half_a_name(service):
    talk = Talk()
    asked(talk).say("the second")
    assert "And your last name?" in talk.say("Bob", name="Bob")
    assert talk.last["expects"] == "name"
    assert talk.last["progress"] == {"step": 2, "of": 4}
    talk.say("Stone", name="Stone")
    talk.say("March 4, 1980", date_of_birth="1980-03-04")
    assert "Name: Bob Stone" in talk.say("612-555-0123", phone="+16125550123")


@pytest.mark.parametrize("rest", ["I only have one name", "Suryani", "no last name"])
def test_who_has_one_name_is_asked_once(service, rest):
    talk = Talk()
    asked(talk).say("the second")
    talk.say("Suryani", name="Suryani")
    talk.say(rest)
    assert talk.last["expects"] == "date_of_birth"


def test_a_first_name_said_early_is_not_asked_again(service):
    talk = Talk()
    asked(talk).say("I'm Bob", name="Bob")
    assert "Thank you, Bob. And your last name?" in talk.say("the second")


def test_a_time_said_first_is_acknowledged(service):
    talk = Talk()
    said = talk.say("can i come tuesday", ActionBook(), "book", when=when(("2026-12-01T12:00", "2026-12-01T17:00")))
    assert "I'll look at that time" in said


def test_a_first_name_is_enough_for_a_call_back(service):
    talk = Talk()
    talk.say("please call me back", ActionHuman(), "human")
    talk.say("Bob", name="Bob")
    assert talk.last["expects"] == "phone"


def test_details_given_instead_of_a_choice_are_kept(service):
    talk = Talk()
    asked(talk).say("Nora Lund, 4/5/1979, 612-555-0188", phone="+16125550188")
    assert talk.last["expects"] == "choice"
    assert "Name: Nora Lund" in talk.say("the second")
