"""Small readings inside the skills: why a visit is called off, which sessions of a course are meant, and answers that choose nothing."""

from __future__ import annotations

import pytest

from actions import said
from actions.cancel import ActionCancel
from actions.cancel_reason import reason, yes_because
from actions.course_shift import SEVERAL
from tests.actions.talk import Talk


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("I'm sick", "ill"),
        ("I feel much better now", "better"),
        ("my car broke down", "travel"),
        ("my boss changed my shift", "schedule"),
        ("I can't afford it", "cost"),
        ("I found another clinic", "elsewhere"),
        ("because of the dog", "other"),
        ("estoy enferma", "ill"),
        ("I'll cancel my appointment on Friday", None),
        ("will it cost me anything?", None),
        ("yes", None),
    ],
)
def test_a_reason_is_one_of_the_services_words(text, wanted):
    assert reason(text) == wanted


def test_a_yes_that_is_taken_back_is_none():
    assert yes_because("yes, I'm sick")
    assert yes_because("sí, porque estoy enferma")
    assert not yes_because("yes but I'm sick, can we move it instead")
    assert not yes_because("I'm sick")


def test_the_reason_goes_to_the_service_and_is_asked_for_once(service):
    patient = service.knows("Ann Berg", "1980-03-04", "+16125550111")
    service.visit(patient, "consultation", "north-loop", "2026-12-02", "10:00")
    talk = Talk()
    talk.say("please cancel", ActionCancel(), "cancel")
    talk.say("Ann Berg, 3/4/1980, 612-555-0111")
    assert "don't have to" in talk.say("123456")
    assert "don't have to" not in talk.say("my car broke down")
    assert talk.last["expects"] == "yes_no"
    talk.say("yes")
    assert [one["kind"] for one in talk.outcomes] == ["cancelled"]


@pytest.mark.parametrize(
    "text", ["move everything after the 10th", "all my sessions", "mueva todas mis sesiones", "shift the rest"]
)
def test_several_sessions_are_a_matter_of_the_course(text):
    assert SEVERAL.search(text)


@pytest.mark.parametrize("text", ["move my appointment to Friday", "I can't rest", "move Tuesday's session"])
def test_one_visit_is_not(text):
    assert not SEVERAL.search(text)


@pytest.mark.parametrize("text", ["1 or 2", "the first and the third", "2, 3", "la primera o la segunda"])
def test_two_picks_at_once_are_seen(text):
    assert said.several(text, 3)


@pytest.mark.parametrize(
    "text", ["the second", "2", "1 or 12", "Tuesday or Wednesday", "dec 1 and 3", "the 1st or the 3rd", "yes"]
)
def test_other_answers_are_not_two_picks(text):
    assert not said.several(text, 3)
