"""A change whose answer was lost: nobody hears that nothing was done, and whatever is said next finds it."""

import pytest
import requests

from actions import backend
from actions.book import ActionBook, Book
from actions.cancel import ActionCancel
from actions.confirm import ActionConfirm
from actions.human import ActionHuman
from actions.reschedule import ActionReschedule
from actions.waitlist import ActionWaitlist
from tests.actions.talk import Talk, when
from tests.actions.test_book import AFTERNOON, told
from tests.actions.test_own_visits import ANN, verified

DOWN = requests.ConnectionError(ConnectionRefusedError())
BROKEN_OFF = requests.exceptions.ChunkedEncodingError("broken off")
WEDNESDAY = when(("2026-12-02T00:00", "2026-12-03T00:00"))
NOTHING = (
    "Nothing was booked",
    "nothing was booked",
    "nothing was changed",
    "stays as it is",
    "taken",
    "already a visit",
)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(backend, "RESTART_SECONDS", 0.0)


def lost(service, path="/v1/appointments", *then):
    """The next change is made, its answer is lost, and asking again meets `then`."""
    service.lose_answer("POST", path)
    for how in then or (DOWN,):
        service.fail("POST", path, how)


def one_visit(service, status="booked"):
    (visit,) = service.appointments.values()
    assert visit["status"] == status
    return visit


@pytest.mark.parametrize(
    "then", [DOWN, BROKEN_OFF, (503, "backend_unavailable"), requests.ConnectTimeout("no connection")]
)
def test_after_a_request_was_sent_nobody_says_that_nothing_was_booked(service, then):
    talk = told(Talk())
    lost(service, "/v1/appointments", then)
    words = talk.say("yes")
    assert "can't tell yet" in words
    assert not any(claim in words for claim in NOTHING)
    assert not talk.outcomes
    one_visit(service)


def test_a_service_that_is_back_within_seconds_is_asked_again_in_the_same_turn(service, monkeypatch):
    monkeypatch.setattr(backend, "RESTART_SECONDS", 5.0)
    talk = told(Talk())
    lost(service, "/v1/appointments", DOWN, DOWN, DOWN)
    talk.say("yes")
    assert [one["start"] for one in talk.outcomes] == [one_visit(service)["start"]]


def test_try_again_waits_for_a_service_that_is_just_coming_back(service, monkeypatch):
    talk = told(Talk())
    lost(service)
    talk.say("yes")
    monkeypatch.setattr(backend, "RESTART_SECONDS", 5.0)
    service.fail("GET", "/v1/appointments", DOWN, times=3)
    talk.choose("again")
    assert [one["start"] for one in talk.outcomes] == [one_visit(service)["start"]]


NEXT = {
    "try again": lambda talk: talk.choose("again"),
    "yes": lambda talk: talk.say("yes"),
    "another language": lambda talk: talk.say("sí", language="es"),
    "another day": lambda talk: talk.say("no, Wednesday instead", when=WEDNESDAY),
    "the first wish again": lambda talk: talk.say("a consultation on Tuesday", intent="book", when=when(AFTERNOON)),
    "never mind": lambda talk: talk.say("never mind"),
    "start over": lambda talk: talk.say("start over"),
    "go back": lambda talk: talk.say("go back"),
    "don't book": lambda talk: talk.choose("stop"),
    "another time": lambda talk: talk.choose("change:time"),
    "another name": lambda talk: talk.say("my name is Ann Leeson", name="Ann Leeson"),
    "another matter": lambda talk: talk.say("please cancel my visit on Friday", intent="cancel", topic="cancel"),
    "a person": lambda talk: talk.say("can somebody call me please", intent="human", topic="human"),
    "a question": lambda talk: talk.say("does it hurt?", intent="faq", topic="does_it_hurt"),
    "nothing of use": lambda talk: talk.say("??", intent="nlu_fallback", confidence=0.0),
}


@pytest.mark.parametrize("words", NEXT)
def test_whatever_is_said_next_finds_the_booking(service, words):
    talk = told(Talk())
    lost(service)
    talk.say("yes")
    heard = NEXT[words](talk)
    visit = one_visit(service)
    assert [one["start"] for one in talk.outcomes] == [visit["start"]]
    assert not any(claim in heard for claim in NOTHING)
    talk.say("thank you", intent="thanks", topic="thanks")
    assert not talk.outcomes, "it is told once"
    one_visit(service)


@pytest.mark.parametrize("words", NEXT)
def test_whatever_is_said_next_while_it_cannot_be_looked_up_claims_nothing(service, words):
    talk = told(Talk())
    lost(service)
    talk.say("yes")
    for method in ("GET", "POST", "DELETE"):
        service.fail(method, "/v1", DOWN, times=20)
    heard = NEXT[words](talk)
    assert not talk.outcomes
    assert not any(claim in heard for claim in NOTHING)
    service.trouble.clear()
    talk.choose("again")
    assert [one["start"] for one in talk.outcomes] == [one_visit(service)["start"]]


@pytest.mark.parametrize(
    "words",
    [name for name in NEXT if name not in ("a question", "nothing of use", "go back", "another name", "a person")],
)
def test_a_booking_whose_whole_turn_was_lost_is_found_by_whatever_touches_it(service, words):
    """The turn was given up: the tracker stands before the yes, and the hold in it has become a visit."""
    talk = told(Talk())
    before = dict(talk.slots)
    talk.say("yes")
    talk.slots = before
    heard = NEXT[words](talk)
    assert [one["start"] for one in talk.outcomes] == [one_visit(service)["start"]]
    assert not any(claim in heard for claim in NOTHING)


@pytest.mark.parametrize("words", ["a question", "nothing of use", "go back", "another name"])
def test_after_a_detour_the_yes_finds_it_too(service, words):
    talk = told(Talk())
    before = dict(talk.slots)
    talk.say("yes")
    talk.slots = before
    NEXT[words](talk)
    assert not talk.outcomes
    if talk.last["expects"] == "phone":
        talk.say("612-555-0199", phone="+16125550199")
    if talk.last["expects"] == "name":
        talk.say("Ann Leeson", name="Ann Leeson")
    talk.say("yes")
    assert [one["start"] for one in talk.outcomes] == [one_visit(service)["start"]]


def test_a_lost_booking_is_found_after_its_hold_would_have_run_out(service, at):
    talk = told(Talk())
    before = dict(talk.slots)
    talk.say("yes")
    talk.slots = before
    at("2026-11-25T09:20")
    heard = talk.say("yes")
    assert "taken" not in heard
    assert [one["start"] for one in talk.outcomes] == [one_visit(service)["start"]]


def test_an_action_that_breaks_after_it_booked_does_not_say_that_nothing_was_booked(service, monkeypatch):
    talk = told(Talk())
    with monkeypatch.context() as broken:
        broken.setattr(Book, "_confirm", lambda *_: 1 / 0)
        words = talk.say("yes")
    assert not any(claim in words for claim in NOTHING)
    assert "can't tell yet" in words
    talk.choose("again")
    assert [one["start"] for one in talk.outcomes] == [one_visit(service)["start"]]


def test_what_was_not_booked_after_all_can_still_be_booked(service):
    talk = told(Talk())
    service.fail("POST", "/v1/appointments", requests.ReadTimeout("never arrived"), times=2)
    assert "can't tell yet" in talk.say("yes")
    talk.choose("again")
    assert [one["start"] for one in talk.outcomes] == [one_visit(service)["start"]]


def test_a_wish_that_changed_after_an_unknown_outcome_lets_go_for_good(service):
    talk = told(Talk())
    service.fail("POST", "/v1/appointments", requests.ReadTimeout("never arrived"), times=2)
    talk.say("yes")
    talk.say("no, Wednesday instead", when=WEDNESDAY)
    assert talk.buttons("slot")
    assert not service.holds, "nothing can be booked from it any more"
    assert "unsure" not in talk.slots["draft"]
    assert not service.appointments


# ---- one's own visits ---------------------------------------------------------------------------------------------------


@pytest.fixture
def ann(service):
    service.visit(service.knows(*ANN), "consultation", "north-loop", "2026-12-02", "10:00")
    return service


def moving(talk):
    verified(talk, ActionReschedule(), "reschedule", when=when(AFTERNOON))
    talk.say("the second")
    assert talk.last["expects"] == "yes_no"
    return talk


MOVED = {
    "try again": lambda talk: talk.choose("again"),
    "yes": lambda talk: talk.say("yes"),
    "keep it": lambda talk: talk.choose("no"),
    "never mind": lambda talk: talk.say("never mind"),
    "a question": lambda talk: talk.say("does it hurt?", intent="faq", topic="does_it_hurt"),
}


@pytest.mark.parametrize("words", MOVED)
def test_a_lost_move_is_found(ann, words):
    talk = moving(Talk())
    lost(ann, ":reschedule")
    assert "can't tell yet" in talk.say("yes")
    heard = MOVED[words](talk)
    assert [one["start"] for one in talk.outcomes] == [one_visit(ann)["start"]]
    assert "2026-12-01" in one_visit(ann)["start"]
    assert not any(claim in heard for claim in NOTHING)


@pytest.mark.parametrize("words", ["yes", "keep it", "never mind"])
def test_a_move_whose_whole_turn_was_lost_is_found(ann, words):
    talk = moving(Talk())
    before = dict(talk.slots)
    talk.say("yes")
    talk.slots = before
    heard = MOVED[words](talk)
    assert [one["kind"] for one in talk.outcomes] == ["moved"]
    assert not any(claim in heard for claim in NOTHING)


@pytest.mark.parametrize("words", MOVED)
def test_a_lost_cancellation_is_found(ann, words):
    talk = Talk()
    verified(talk, ActionCancel(), "cancel")
    lost(ann, ":cancel")
    assert "can't tell yet" in talk.say("yes")
    heard = MOVED[words](talk)
    assert [one["kind"] for one in talk.outcomes] == ["cancelled"]
    one_visit(ann, "cancelled")
    assert not any(claim in heard for claim in NOTHING)


def test_a_cancellation_whose_whole_turn_was_lost_is_not_called_kept(ann):
    talk = Talk()
    verified(talk, ActionCancel(), "cancel")
    before = dict(talk.slots)
    talk.say("yes")
    talk.slots = before
    heard = talk.choose("no")
    assert [one["kind"] for one in talk.outcomes] == ["cancelled"]
    assert not any(claim in heard for claim in NOTHING)


def test_a_lost_confirmation_is_found(ann):
    talk = Talk()
    lost(ann, ":confirm")
    talk.say("I'll be there", ActionConfirm(), "confirm")
    talk.say("Ann Berg, 3/4/1980, 612-555-0111")
    assert "can't tell yet" in talk.say("123456")
    talk.say("hello?")
    assert [one["kind"] for one in talk.outcomes] == ["confirmed"]


# ---- waitlist and call-backs --------------------------------------------------------------------------------------------


def test_a_lost_place_on_the_waitlist_is_not_asked_for_twice(service):
    talk = Talk()
    talk.say("put me on the waitlist", ActionWaitlist(), "waitlist", when=when(AFTERNOON))
    talk.say("Ann Lee", name="Ann Lee")
    talk.say("March 4, 1980", date_of_birth="1980-03-04")
    lost(service, "/v1/waitlist")
    assert "can't tell yet" in talk.say("612-555-0123", phone="+16125550123")
    talk.choose("again")
    assert [one["kind"] for one in talk.outcomes] == ["waitlisted"]
    keys = {one.headers["Idempotency-Key"] for one in service.asked if one.path == "/v1/waitlist"}
    assert len(keys) == 1


def asks_for_a_call(talk):
    talk.say("please call me back", ActionHuman(), "human")
    talk.say("Ann Lee", name="Ann Lee")
    talk.say("612-555-0123", phone="+16125550123")
    return talk


def test_a_call_back_that_cannot_be_recorded_now_is_handed_to_the_gateway_under_its_key(service):
    talk = asks_for_a_call(Talk())
    service.fail("POST", "/v1/callbacks", DOWN)
    words = talk.choose("time:morning")
    assert "noted" in words
    assert not talk.outcomes, "nothing is claimed"
    wish = talk.last["call_back"]
    assert (wish["name"], wish["phone"], wish["best_time"]) == ("Ann Lee", "+16125550123", "morning")
    asked = [one.headers["Idempotency-Key"] for one in service.asked if one.path == "/v1/callbacks"]
    assert {wish["key"]} == set(asked)
    assert not wish.get("unless_done")


def test_after_an_outage_at_the_yes_staff_will_call_unless_it_gets_done(service):
    talk = told(Talk())
    service.fail("POST", "/v1/appointments", DOWN, times=9)
    words = talk.say("yes")
    assert "612-555-0100" in words, "the clinic's number"
    assert "612-555-0123" in words, "and theirs"
    wish = talk.last["call_back"]
    assert wish["unless_done"]
    assert (wish["name"], wish["phone"], wish["reason"]) == ("Ann Lee", "+16125550123", "booking")
    talk.say("yes")
    assert talk.last["call_back"]["key"] == wish["key"], "one call, however often it fails"


def test_with_no_number_known_an_outage_promises_no_call(service):
    talk = Talk()
    service.fail("GET", "/v1/slots", DOWN, times=9)
    talk.say("a consultation on Tuesday", ActionBook(), "book", visit_type="consultation", when=when(AFTERNOON))
    assert "call_back" not in talk.last
