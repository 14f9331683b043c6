"""Booking, without Rasa: from the first wish to a booked visit, and everything that may come between."""

import pytest
import requests

from actions.book import ActionBook
from tests.actions.talk import Talk, when

AFTERNOON = ("2026-12-01T12:00", "2026-12-01T17:00")


def asked(talk, **entities):
    """A talk in which three times of Tuesday afternoon are on offer."""
    entities.setdefault("when", when(AFTERNOON))
    talk.say(
        "can I come in for a consultation next Tuesday afternoon?",
        ActionBook(),
        "book",
        visit_type="consultation",
        **entities,
    )
    return talk


def told(talk):
    """… and the second is held and the patient has given everything."""
    asked(talk).say("the second")
    talk.say("Ann Lee", name="Ann Lee")
    talk.say("March 4, 1980", date_of_birth="1980-03-04")
    talk.say("612-555-0123", phone="+16125550123")
    return talk


def test_three_real_times_and_other_times_are_offered(service):
    talk = asked(Talk())
    slots = talk.buttons("slot")
    assert [slot["title"] for slot in slots] == [
        "Tuesday, December 1, 12:00 pm, North Loop",
        "Tuesday, December 1, 2:00 pm, North Loop",
        "Tuesday, December 1, 4:00 pm, North Loop",
    ]
    assert {slot["day"] for slot in slots} == {"2026-12-01"}
    assert [button["kind"] for button in talk.buttons()][-1] == "more"
    assert talk.last["expects"] == "choice"


def test_the_whole_talk_ends_in_what_the_service_confirmed(service):
    talk = Talk()
    assert "2:00 pm" in asked(talk).say("the second")
    assert talk.last["expects"] == "name"
    assert talk.last["progress"] == {"step": 2, "of": 4}
    talk.say("Ann Lee", name="Ann Lee")
    assert talk.last["expects"] == "date_of_birth"
    talk.say("March 4, 1980", date_of_birth="1980-03-04")
    assert talk.last["expects"] == "phone"
    summary = talk.say("612-555-0123", phone="+16125550123")
    assert "March 4, 1980" in summary
    assert talk.last["expects"] == "yes_no"
    assert {row["item"] for row in talk.last["summary"]} == {"visit_type", "time", "name", "date_of_birth", "phone"}
    assert not service.appointments
    done = talk.say("yes")
    (outcome,) = talk.outcomes
    assert outcome["kind"] == "booked"
    assert outcome["start"] == "2026-12-01T14:00:00-06:00"
    assert outcome["tz"] == "America/Chicago"
    for part in ("Tuesday, December 1", "2:00 pm", "Central Time", "North Loop"):
        assert part in done
    assert len(service.appointments) == 1
    assert service.count("GET", "/v1/appointments/") == 1, "the booking is read back before it is told"


def test_a_question_in_between_is_answered_and_the_open_question_asked_again(service):
    talk = asked(Talk())
    talk.say("the second")
    talk.say("how long does it take?", intent="faq", topic="session_length")
    assert talk.replies[0]["response"] == "utter_faq/session_length"
    assert talk.last["expects"] == "name"
    assert service.count("POST", "/v1/holds") == 1, "the place is kept"


def test_a_question_between_offers_repeats_the_same_times(service):
    talk = asked(Talk())
    before = [button["title"] for button in talk.buttons("slot")]
    talk.say("does it hurt", intent="faq", topic="does_it_hurt")
    assert [button["title"] for button in talk.buttons("slot")] == before
    assert service.count("GET", "/v1/slots") == 1


def test_everything_said_at_once_leaves_only_the_yes(service):
    talk = Talk()
    talk.say(
        "Consult next Tue at 2, I'm Ann Lee, 612-555-0123, born 3/4/1980",
        ActionBook(),
        "book",
        visit_type="consultation",
        when=when(("2026-12-01T14:00", "2026-12-01T14:01"), exact=True),
    )
    assert talk.last["expects"] == "yes_no"
    talk.say("yes")
    assert talk.outcomes[0]["start"] == "2026-12-01T14:00:00-06:00"


@pytest.mark.parametrize(
    "words", ["2", "the second", "#2", "second one please", "2:00", "the 2 pm one", "I'll take the 2nd"]
)
def test_a_time_is_picked_in_the_patients_words(service, words):
    talk = asked(Talk())
    assert "holding Tuesday, December 1, 2:00 pm" in talk.say(words)


def test_a_number_that_was_not_offered_asks_again(service):
    talk = asked(Talk())
    assert "one of the 3 times" in talk.say("7")
    assert len(talk.buttons("slot")) == 3


def test_other_times_shows_others(service):
    talk = asked(Talk())
    first = {button["title"] for button in talk.buttons("slot")}
    talk.press("Other times")
    assert not first & {button["title"] for button in talk.buttons("slot")}


def test_no_wednesday_instead_searches_wednesday_at_the_same_part_of_day(service):
    talk = asked(Talk())
    talk.say("no, Wednesday instead", when=when(("2026-12-02T00:00", "2026-12-03T00:00")))
    assert [button["title"] for button in talk.buttons("slot")] == [
        "Wednesday, December 2, 1:00 pm, North Loop",
        "Wednesday, December 2, 3:00 pm, North Loop",
    ]


def test_the_day_can_be_changed_at_the_summary(service):
    talk = told(Talk())
    talk.say("actually Thursday instead", when=when(("2026-12-03T00:00", "2026-12-04T00:00")))
    assert [button["day"] for button in talk.buttons("slot")] == ["2026-12-03"]
    talk.say("1")
    assert talk.last["expects"] == "yes_no", "name, date of birth and phone are not asked again"
    talk.say("yes")
    assert talk.outcomes[0]["start"].startswith("2026-12-03T14:00")


def test_each_item_of_the_summary_can_be_changed(service):
    talk = told(Talk())
    talk.press("Change something")
    talk.press("Phone")
    assert talk.last["expects"] == "phone"
    assert "612-555-0199" in talk.say("612-555-0199", phone="+16125550199")
    talk.say("the name is wrong")
    assert talk.last["expects"] == "name"
    assert "Anna Lee" in talk.say("Anna Lee")


def test_never_mind_gives_the_time_back(service):
    talk = told(Talk())
    assert "nothing was booked" in talk.say("never mind")
    assert not service.holds
    assert talk.slots["task"] is None
    assert not service.appointments


def test_start_over_forgets_everything(service):
    talk = told(Talk())
    talk.say("start over")
    assert talk.last["expects"] == "choice"
    assert not service.holds
    assert talk.slots["draft"].get("name") is None


def test_go_back_asks_the_question_before(service):
    talk = asked(Talk())
    talk.say("the second")
    talk.say("Ann Lee", name="Ann Lee")
    talk.say("go back")
    assert talk.last["expects"] == "name"


def test_the_same_yes_twice_hears_the_same_confirmation(service):
    talk = told(Talk())
    first = talk.say("yes")
    again = talk.say("yes")
    assert again == first
    assert len(service.appointments) == 1
    assert service.count("POST", "/v1/appointments") == 1


def test_a_new_question_after_the_booking_is_answered(service):
    talk = told(Talk())
    talk.say("yes")
    talk.say("does it hurt?", intent="faq", topic="does_it_hurt")
    assert talk.replies[0]["response"] == "utter_faq/does_it_hurt"
    assert talk.slots["task"] is None


def test_a_time_taken_meanwhile_is_said_and_the_next_offered(service):
    talk = asked(Talk())
    wanted = talk.buttons("slot")[1]["payload"]
    del service.free["consultation~north-loop~2026-12-01T14:00-06:00"]
    assert "14:00" in wanted
    assert "just taken" in talk.say("the second")
    assert talk.buttons("slot")
    assert not talk.outcomes


def test_a_hold_that_ran_out_is_taken_again_before_the_yes_counts(service, at):
    talk = told(Talk())
    at("2026-11-25T09:30")
    talk.say("yes")
    assert talk.outcomes[0]["start"] == "2026-12-01T14:00:00-06:00"
    assert service.count("POST", "/v1/holds") == 2


def test_a_hold_that_ran_out_and_was_taken_is_said(service, at):
    talk = told(Talk())
    at("2026-11-25T09:30")
    service.holds.clear()
    assert "just taken" in talk.say("yes")
    assert not talk.outcomes
    assert not service.appointments


def test_scheduling_down_is_an_apology_with_the_number_and_no_claim(service):
    talk = told(Talk())
    service.fail("POST", "/v1/appointments", requests.ConnectionError(ConnectionRefusedError()), times=9)
    words = talk.say("yes")
    assert "612-555-0100" in words
    assert not talk.outcomes
    assert not service.appointments
    service.trouble.clear()
    talk.press("Try again")
    assert talk.outcomes
    assert len(service.appointments) == 1


def test_a_lost_answer_is_asked_for_again_with_the_same_key(service):
    talk = told(Talk())
    service.lose_answer("POST", "/v1/appointments")
    talk.say("yes")
    assert talk.outcomes
    keys = {
        one.headers["Idempotency-Key"]
        for one in service.asked
        if one.path == "/v1/appointments" and one.method == "POST"
    }
    assert len(keys) == 1
    assert len(service.appointments) == 1


def test_an_unknown_outcome_claims_nothing_and_is_cleared_up_later(service):
    talk = told(Talk())
    service.lose_answer("POST", "/v1/appointments", times=2)
    words = talk.say("yes")
    assert "can't tell yet" in words
    assert "nothing was booked" not in words
    talk.say("yes")
    assert talk.outcomes
    assert len(service.appointments) == 1


@pytest.mark.parametrize(
    ("words", "item"),
    [("my birthday", "date_of_birth"), ("Feb 30, 1980", "date_of_birth"), ("13/45/1980", "date_of_birth")],
)
def test_a_date_of_birth_that_is_none_is_asked_again(service, words, item):
    talk = asked(Talk())
    talk.say("the second")
    talk.say("Ann Lee")
    talk.say(words, topic="fallback", confidence=0.1)
    assert talk.last["expects"] == item
    assert talk.slots["draft"].get("date_of_birth") is None


def test_a_phone_of_13_digits_is_asked_again(service):
    talk = asked(Talk())
    talk.say("the second")
    talk.say("Ann Lee")
    talk.say("3/4/1980")
    assert "10 digits" in talk.say("6125550123456")
    assert talk.last["expects"] == "phone"


def test_a_name_of_emojis_is_asked_again(service):
    talk = asked(Talk())
    talk.say("the second")
    talk.say("😀😀😀", topic="fallback", confidence=0.1)
    assert talk.last["expects"] == "name"


def test_two_answers_at_once_are_both_taken(service):
    talk = asked(Talk())
    talk.say("the second")
    talk.say("Ann Lee, 3/4/1980")
    assert talk.last["expects"] == "phone"


def test_under_18_goes_to_staff_with_a_parent(service):
    talk = asked(Talk())
    talk.say("the second")
    talk.say("Ann Lee")
    words = talk.say("3/4/2012", date_of_birth="2012-03-04")
    assert "parent or guardian" in words
    assert "612-555-0100" in words
    assert not service.holds
    assert talk.slots["task"] is None


@pytest.mark.parametrize(
    ("key", "words"), [("dates_impossible", "calendar"), ("dates_past", "passed"), ("dates_too_far", "180")]
)
def test_a_time_that_cannot_be_is_said(service, key, words):
    talk = Talk()
    said = talk.say("Feb 30", ActionBook(), "book", visit_type="consultation", when=when(**{key: ["x"]}))
    assert words in said
    assert talk.last["expects"] == "time"


def test_nothing_free_shows_the_nearest(service):
    talk = asked(Talk(), when=when(("2026-12-04T12:00", "2026-12-04T17:00")))
    assert "nearest" in talk.replies[0]["text"]
    assert talk.buttons("slot")


def test_spanish_is_spoken_in_spanish(service):
    talk = Talk(language="es")
    asked(talk)
    assert talk.buttons("slot")[0]["title"] == "martes 1 de diciembre, 12:00 pm, North Loop"
    assert "Le guardo" in talk.say("la segunda")
    talk.say("Ana Ruiz")
    talk.say("4 de marzo de 1980")
    talk.say("612-555-0123")
    assert "reservada" in talk.say("sí")
    assert talk.outcomes


def test_sms_knows_the_number_and_speaks_short(service):
    talk = Talk(channel="sms", visitor_phone="+16125550123")
    asked(talk)
    assert talk.buttons("slot")[0]["title"] == "Tue Dec 1 12:00 pm North Loop"
    talk.say("2")
    assert talk.last["progress"] == {"step": 2, "of": 3}
    talk.say("Ann Lee")
    summary = talk.say("3/4/1980")
    assert "612-555-0123" in summary
    assert "booked" in talk.say("yes")


def test_an_action_that_breaks_apologises_and_leaks_nothing(service, monkeypatch, capsys):
    talk = told(Talk())

    def broken(*args, **named):
        raise RuntimeError("Ann Lee 1980-03-04")

    monkeypatch.setattr("actions.book.Book.go_on", broken)
    words = talk.say("yes")
    assert "612-555-0100" in words
    out = capsys.readouterr()
    assert "Ann Lee" not in out.out + out.err


def test_anything_later_searches_after_the_last_offered_time(service):
    talk = asked(Talk(), when=when(("2026-12-01T09:00", "2026-12-01T13:01")))
    assert talk.buttons("slot")[-1]["title"].startswith("Tuesday, December 1, 1:00 pm")
    talk.say("anything later?", topic="availability")
    assert all("pm" in button["title"] for button in talk.buttons("slot"))
    assert "1:30 pm" in talk.buttons("slot")[0]["title"]


def test_words_with_two_readings_are_offered_on_both_days(service):
    tuesday, wednesday = ("2026-12-01T00:00", "2026-12-02T00:00"), ("2026-12-02T00:00", "2026-12-03T00:00")
    talk = Talk()
    wish = when(tuesday, ambiguous=[[list(tuesday)], [list(wednesday)]])
    words = talk.say("next Tuesday", ActionBook(), "book", visit_type="consultation", when=wish)
    assert "December 1 or Wednesday, December 2" in words
    assert {button["day"] for button in talk.buttons("slot")} == {"2026-12-01", "2026-12-02"}
