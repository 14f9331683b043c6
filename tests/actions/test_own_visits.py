"""Looking at, cancelling, moving and confirming one's own visits: nothing before the person is verified."""

import pytest

from actions.cancel import ActionCancel
from actions.confirm import ActionConfirm
from actions.my_appointment import ActionMyAppointment
from actions.reschedule import ActionReschedule
from tests.actions.talk import Talk, when

ANN = ("Ann Berg", "1980-03-04", "+16125550111")


@pytest.fixture
def ann(service):
    """A patient with one visit on December 2 at 10:00."""
    patient = service.knows(*ANN)
    service.visit(patient, "consultation", "north-loop", "2026-12-02", "10:00")
    return service


def verified(talk, action, intent, text="please", **entities):
    """Open a skill and prove who it is."""
    talk.say(text, action, intent, **entities)
    talk.say("Ann Berg, 3/4/1980, 612-555-0111")
    assert talk.last["expects"] == "code"
    talk.say("123456")
    return talk


def test_nothing_is_told_before_the_code(ann):
    talk = Talk()
    talk.say("when is my appointment?", ActionMyAppointment(), "my_appointment")
    assert talk.last["expects"] == "name"
    words = talk.say("Ann Berg, 3/4/1980, 612-555-0111")
    assert "If that matches" in words
    assert "December 2" not in words
    assert ann.count("GET", "/v1/appointments") == 0
    assert "December 2, 10:00 am" in talk.say("the code is 123456")


def test_a_stranger_hears_word_for_word_the_same(ann):
    known, stranger = Talk(), Talk()
    heard = []
    for talk, details in (
        (known, "Ann Berg, 3/4/1980, 612-555-0111"),
        (stranger, "Nobody Known, 3/4/1980, 612-555-0166"),
    ):
        talk.say("when is my appointment?", ActionMyAppointment(), "my_appointment")
        heard.append([talk.say(details), talk.say("999999"), talk.say("abc")])
    assert heard[0] == heard[1]


def test_five_wrong_codes_lead_to_staff(ann):
    talk = Talk()
    talk.say("when is my appointment?", ActionMyAppointment(), "my_appointment")
    talk.say("Ann Berg, 3/4/1980, 612-555-0111")
    for _ in range(4):
        talk.say("000000")
        assert talk.last["expects"] == "code"
    assert "612-555-0100" in talk.say("000000")
    assert talk.slots["task"] is None


def test_a_text_from_the_number_on_file_needs_no_code(ann):
    talk = Talk(channel="sms", visitor_phone="+16125550111")
    talk.say("when is my appt", ActionMyAppointment(), "my_appointment")
    talk.say("Ann Berg")
    assert "10:00 am" in talk.say("3/4/1980")
    assert ann.count("POST", "send_code") == 0


def test_a_proof_ends_after_its_minutes(ann, at):
    talk = verified(Talk(), ActionMyAppointment(), "my_appointment")
    talk.say("when is it", ActionMyAppointment(), "my_appointment")
    assert "10:00 am" in talk.replies[-1]["text"], "inside its minutes it counts"
    at("2026-11-25T09:11")
    talk.say("when is it", ActionMyAppointment(), "my_appointment")
    assert talk.last["expects"] == "name"


def test_a_visit_is_cancelled_after_one_yes(ann):
    talk = verified(Talk(), ActionCancel(), "cancel")
    assert talk.last["expects"] == "yes_no"
    assert not talk.outcomes
    talk.say("cancel it")
    assert talk.outcomes[0]["kind"] == "cancelled"
    assert [one["status"] for one in ann.appointments.values()] == ["cancelled"]


def test_a_no_keeps_the_visit(ann):
    talk = verified(Talk(), ActionCancel(), "cancel")
    assert "stays as it is" in talk.say("no")
    assert [one["status"] for one in ann.appointments.values()] == ["booked"]


def test_inside_the_cut_off_only_staff_cancel(ann, at):
    at("2026-12-02T08:00")
    talk = verified(Talk(), ActionCancel(), "cancel")
    assert "612-555-0100" in talk.say("yes")
    assert not talk.outcomes


def test_a_visit_is_moved_and_keeps_its_id(ann):
    wish = when(("2026-12-01T12:00", "2026-12-01T17:00"))
    talk = verified(Talk(), ActionReschedule(), "reschedule", "move my visit to Tuesday afternoon", when=wish)
    assert len(talk.buttons("slot")) == 3
    talk.say("2")
    assert "Wednesday, December 2" in talk.replies[-1]["text"]
    assert "Tuesday, December 1, 2:00 pm" in talk.replies[-1]["text"]
    talk.say("yes")
    assert talk.outcomes[0]["kind"] == "moved"
    (visit,) = ann.appointments.values()
    assert visit["start"] == "2026-12-01T14:00:00-06:00"
    assert visit["appointment_id"] == "visit1"


def test_the_old_time_that_is_named_finds_the_visit(ann):
    patient = ann.patients[ANN]
    ann.visit(patient, "follow-up", "north-loop", "2026-12-04", "09:00", 30)
    wish = when(("2026-12-03T00:00", "2026-12-04T00:00"), old_windows=[["2026-12-02T00:00", "2026-12-03T00:00"]])
    talk = verified(Talk(), ActionReschedule(), "reschedule", "move Wednesday to Thursday", when=wish)
    assert {button["day"] for button in talk.buttons("slot")} == {"2026-12-03"}


def test_of_two_times_the_one_with_a_visit_is_the_old_one(ann):
    patient = ann.patients[ANN]
    ann.visit(patient, "follow-up", "north-loop", "2026-12-04", "09:00", 30)
    wish = when(("2026-12-02T00:00", "2026-12-03T00:00"), ("2026-12-03T00:00", "2026-12-04T00:00"))
    talk = verified(Talk(), ActionReschedule(), "reschedule", "Wednesday, Thursday", when=wish)
    assert {button["day"] for button in talk.buttons("slot")} == {"2026-12-03"}


def test_a_lost_answer_moves_once(ann):
    wish = when(("2026-12-01T12:00", "2026-12-01T17:00"))
    talk = verified(Talk(), ActionReschedule(), "reschedule", "move it", when=wish)
    talk.say("2")
    ann.lose_answer("POST", ":reschedule")
    talk.say("yes")
    assert talk.outcomes[0]["kind"] == "moved"
    assert next(iter(ann.appointments.values()))["version"] == 2


def test_a_visit_is_confirmed(ann):
    talk = verified(Talk(), ActionConfirm(), "confirm", "I'll be there")
    assert talk.outcomes[0]["kind"] == "confirmed"


def test_somebody_without_a_visit_is_told_so(service):
    service.knows(*ANN)
    talk = verified(Talk(), ActionCancel(), "cancel")
    assert "don't see an upcoming visit" in talk.replies[-1]["text"]
    assert talk.slots["task"] is None


@pytest.mark.parametrize("text", ["ok", "great", "perfect!", "awesome", "vale", "muy bien"])
def test_a_nod_on_the_web_opens_no_confirmation(ann, text):
    talk = Talk()
    said = talk.say(text, ActionConfirm(), "confirm")
    assert "anything else" in said or "algo más" in said
    assert talk.slots.get("task") is None


def test_a_yes_by_text_message_confirms(ann):
    talk = Talk(channel="sms", visitor_phone="+16125550111")
    assert "first and last name" in talk.say("ok", ActionConfirm(), "confirm")
