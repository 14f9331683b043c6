"""Waitlist, call back, courses, open times, and questions that change nothing."""

from actions.availability import ActionAvailability
from actions.clinic_facts import (
    ActionContact,
    ActionHours,
    ActionInsuranceAccepted,
    ActionLocation,
    ActionPrice,
    ActionPrivacy,
)
from actions.course import ActionCourse
from actions.human import ActionHuman
from actions.waitlist import ActionWaitlist
from tests.actions.talk import Talk, when


def test_open_times_are_shown_before_anything_is_asked(service):
    talk = Talk()
    talk.say(
        "what times do you have next week?",
        ActionAvailability(),
        "availability",
        when=when(("2026-11-30T00:00", "2026-12-07T00:00")),
    )
    assert len({button["day"] for button in talk.buttons("slot")}) == 3


def test_the_waitlist_takes_days_and_details(service):
    talk = Talk()
    talk.say("put me on the waitlist", ActionWaitlist(), "waitlist")
    assert talk.last["expects"] == "time"
    talk.press("Mornings")
    talk.say("Nora Lund, 4/5/1979")
    talk.say("612-555-0188")
    assert talk.outcomes == [{"kind": "waitlisted"}]
    asked = next(one for one in service.asked if one.path == "/v1/waitlist")
    assert asked.body["windows"] == ["T06:00/T12:00"]
    assert asked.headers["Idempotency-Key"].endswith(":waitlist:1")


def test_a_call_back_is_requested(service):
    talk = Talk()
    assert "612-555-0100" in talk.say("I want a person", ActionHuman(), "human")
    assert talk.slots.get("task") is None
    talk.say("please call me back", ActionHuman(), "human")
    talk.say("Nora Lund")
    talk.say("612-555-0188")
    talk.press("Afternoon")
    assert talk.outcomes == [{"kind": "requested"}]


def test_a_course_is_planned_and_booked_whole(service):
    patient = service.knows("Carla Moss", "1990-01-15", "+16125550113")
    service.approved = 4
    for day in ("2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03"):
        service.open("session", "north-loop", day, "09:00", minutes=40)
    talk = Talk()
    talk.say("schedule my sessions", ActionCourse(), "course")
    talk.say("Carla Moss, 1/15/1990, 612-555-0113")
    talk.say("123456")
    talk.press("North Loop")
    talk.press("Mornings")
    assert "4 sessions" in talk.replies[-1]["text"]
    assert talk.last["expects"] == "yes_no"
    assert not [one for one in service.appointments.values() if one["patient"] == patient]
    talk.say("yes")
    (outcome,) = talk.outcomes
    assert outcome["kind"] == "booked"
    assert len(outcome["sessions"]) == 4


def test_without_approval_a_course_goes_to_staff(service):
    service.knows("Carla Moss", "1990-01-15", "+16125550113")
    talk = Talk()
    talk.say("schedule my sessions", ActionCourse(), "course")
    talk.say("Carla Moss, 1/15/1990, 612-555-0113")
    talk.say("123456")
    talk.press("North Loop")
    assert "approved" in talk.press("Mornings")
    assert talk.slots["task"] is None


def test_facts_come_from_clinic_yml(service):
    talk = Talk()
    assert "7 am-7 pm" in talk.say("hours", ActionHours(), "hours")
    assert "200 Example Avenue" in talk.say("where", ActionLocation(), "location")
    assert "hello@northloop.example" in talk.say("contact", ActionContact(), "contact")
    assert "Prairie Mutual" in talk.say("plans", ActionInsuranceAccepted(), "insurance_accepted")
    assert "$250" in talk.say("price", ActionPrice(), "price")
    told = talk.say("who reads this", ActionPrivacy(), "privacy")
    assert "staff can read it" in told
    assert "612-555-0100" in told
    assert "Lakeside" not in talk.say("hours at North Loop", ActionHours(), "hours", location="north-loop")
