"""The main job: a visitor asks about TMS and leaves with a booked appointment, through four real processes."""

import signal

import httpx
import pytest

from tests.house.patient import Patient, choices, outcomes, words

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]


def until_the_yes(patient: Patient, phone: str) -> None:
    """The talk up to, and without, the final yes."""
    assert words(patient.say("hi"))
    hurts = patient.say("does TMS hurt?")
    assert any(event.get("sources") and event.get("reviewed") for event in hurts)
    offer = patient.say("can I come in for a consultation next Tuesday afternoon?")
    slots = choices(offer, "slot")
    assert len(slots) == 3
    assert all(slot["day"] == "2026-12-01" for slot in slots)
    assert all("pm" in slot["label"] for slot in slots)
    patient.pick(slots[1]["id"])
    details = {"name": "Ann Lee", "date_of_birth": "March 4, 1980", "phone": phone}
    asked_in_between = False
    for _ in range(6):
        expects = next((event["expects"] for event in reversed(patient.heard) if event.get("expects")), None)
        if expects == "yes_no" or not details:
            break
        if not asked_in_between and expects in details and len(details) == 2:
            between = patient.say("how long does it take?")
            assert any(event.get("sources") or "minute" in event.get("text", "") for event in between)
            assert between[-1]["expects"] == expects, "the open question is asked again in the same turn"
            asked_in_between = True
            continue
        patient.say(details.pop(expects))
    assert asked_in_between
    assert not details


def added(before: list[dict[str, str]], now: list[dict[str, str]]) -> list[dict[str, str]]:
    """What is booked now and was not before; nothing that was is gone."""
    kept = [row for row in now if row in before]
    assert len(kept) == len(before)
    return [row for row in now if row not in before]


def test_a_visitor_asks_and_leaves_with_a_booked_appointment(house):
    before = house.booked()
    patient = Patient(house.gateway)
    until_the_yes(patient, "612-555-0161")
    assert house.booked() == before
    assert not outcomes(patient.heard), "nothing is called booked before the yes"
    done = patient.say("yes")
    text = words(done)
    (outcome,) = outcomes(done)
    assert outcome["kind"] == "booked"
    assert outcome["start"].startswith("2026-12-01T")
    assert outcome["tz"] == "America/Chicago"
    for part in ("Tuesday", "December 1", "pm", "North Loop"):
        assert part in text
    (appointment,) = added(before, house.booked())
    assert appointment["start"] == outcome["start"][:16]
    again = patient.say("yes")
    assert len(house.booked()) == len(before) + 1, "the same yes twice is no second booking"
    assert again
    parking = patient.say("is parking free?")
    assert len(parking) == 1, "the question is answered, and the turn ends"
    assert "Free parking" in words(parking)
    assert "welcome" in words(patient.say("thank you"))


def test_with_the_actions_process_stopped_nothing_is_called_booked(house):
    before = house.booked()
    patient = Patient(house.gateway)
    until_the_yes(patient, "612-555-0162")
    house.kill("actions", signal.SIGSTOP)
    try:
        done = patient.say("yes")
        assert not outcomes(done)
        assert "612-555-0100" in words(done)
        assert house.booked() == before
    finally:
        house.kill("actions", signal.SIGCONT)
    late = patient.hear(lambda event: event.get("outcome"))["outcome"]
    (appointment,) = added(before, house.booked())
    assert appointment["start"] == late["start"][:16], "what was asked for is still done, and told"


def test_with_scheduling_stopped_nothing_is_called_booked(house):
    before = house.booked()
    patient = Patient(house.gateway)
    until_the_yes(patient, "612-555-0163")
    house.kill("scheduling", signal.SIGSTOP)
    try:
        done = patient.say("yes")
        assert not outcomes(done)
        assert "612-555-0100" in words(done)
    finally:
        house.kill("scheduling", signal.SIGCONT)
    (told,) = outcomes(patient.say("yes"))
    (appointment,) = added(before, house.booked())
    assert appointment["start"] == told["start"][:16]


def test_a_crisis_in_the_middle_of_a_booking_is_answered_with_988(house):
    patient = Patient(house.gateway)
    patient.say("can I come in for a consultation next Tuesday afternoon?")
    house.kill("actions", signal.SIGSTOP)
    try:
        answer = words(patient.say("I want to kill myself on Tuesday at 3"))
    finally:
        house.kill("actions", signal.SIGCONT)
    assert "988" in answer
    assert "911" in answer


def test_a_stranger_with_an_altered_token_learns_nothing(house):
    patient = Patient(house.gateway)
    patient.say("hi")
    token = patient.http.headers["Authorization"]
    altered = token[:-1] + ("A" if token[-1] != "A" else "B")
    answer = httpx.get(f"{house.gateway}/chat/events", params={"after": 0}, headers={"Authorization": altered})
    assert answer.status_code == 401
    assert "events" not in answer.json()
