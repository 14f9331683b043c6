"""What staff and patients are told on the clinic's own account: messages due, alerts, calendar files."""

from __future__ import annotations

import hashlib
import hmac
import json
import stat
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

from tests.gateway.fake_rasa import FakeRasa
from tests.gateway.fake_scheduling import FakeScheduling
from tests.gateway.fake_twilio import FakeTwilio
from tests.gateway.front_door import FrontDoor, wait_for
from tests.gateway.texter import SETTINGS, Texter

Open = Callable[..., FrontDoor]
DAY = {"TEST_MODE": "1", "TEST_NOW": "2026-11-25T12:00"}


@pytest.fixture
def own_scheduling() -> Iterator[FakeScheduling]:
    """One that no other gateway of these tests fetches from."""
    with FakeScheduling() as fake:
        yield fake


@pytest.fixture(scope="module")
def texting(
    tmp_path_factory: pytest.TempPathFactory, shared_rasa: FakeRasa, scheduling: FakeScheduling, twilio: FakeTwilio
) -> Iterator[FrontDoor]:
    settings = SETTINGS | DAY | {"TWILIO_API_URL": twilio.url, "SCHEDULING_PORT": str(scheduling.port)}
    door = FrontDoor(tmp_path_factory.mktemp("desk"), shared_rasa.port, **settings)
    door.start()
    yield door
    door.stop()


def test_without_any_channel_messages_due_are_written_to_a_private_file(
    open_door: Open, own_scheduling: FakeScheduling
) -> None:
    door = open_door(SCHEDULING_PORT=str(own_scheduling.port), **DAY)
    message = own_scheduling.add(1, kind="code", text="North Loop Clinic: your code is 123456.")
    assert own_scheduling.wait_for_report(message) == ("sent", {"lease": "lease1"})
    file = door.var / "outbox.jsonl"
    (line,) = [json.loads(line) for line in file.read_text().splitlines()]
    assert (line["message_id"], line["to"], line["kind"]) == (message, "+16125550170", "code")
    assert "123456" in line["text"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "123456" not in door.log.read_text()


VISIT = {
    "start": "2026-12-01T14:00:00-06:00", "end": "2026-12-01T15:00:00-06:00", "tz": "America/Chicago",
    "location": "north-loop", "appointment_id": "a1", "status": "booked", "version": 1,
}  # fmt: skip
REMINDER = (
    "North Loop Clinic: your visit is Tue Dec 1, 2:00 PM. Reply 1 to keep it, 2 to change it, 3 for a call from us."
)
numbers = (f"+1612555{number:04}" for number in range(8000, 9000))


def test_a_reminder_is_texted_once_and_kept_by_its_digit(
    texting: FrontDoor, scheduling: FakeScheduling, twilio: FakeTwilio, rasa: FakeRasa
) -> None:
    number = next(numbers)
    scheduling.says["confirm"] = {"done": "confirmed", "appointment": VISIT | {"status": "confirmed"}}
    for _ in range(2):  # claimed again after a lost report
        message = scheduling.add(2, kind="reminder_1d", to=number, text=REMINDER)
        assert scheduling.wait_for_report(message)[0] == "sent"
        scheduling.reports.clear()
    wait_for(lambda: twilio.bodies(number))
    Texter(texting.url, number).text("1")
    wait_for(lambda: len(twilio.bodies(number)) > 1)
    assert twilio.bodies(number) == [REMINDER, "North Loop Clinic: thank you, we expect you."]
    assert [one[:2] for one in scheduling.replies if one[0] == number] == [(number, "confirm")]
    assert rasa.posts == []


@pytest.mark.parametrize(
    ("said", "payload"),
    [("2", "/reschedule"), ("r", "/reschedule"), ("3.", "/human"), ("Call me please", "/human"), ("x", "/cancel")],
)
def test_the_other_answers_to_a_reminder_open_their_talk(
    texting: FrontDoor, scheduling: FakeScheduling, twilio: FakeTwilio, rasa: FakeRasa, said: str, payload: str
) -> None:
    number = next(numbers)
    scheduling.wait_for_report(scheduling.add(int(number[-4:]), kind="reminder_1d", to=number, text=REMINDER))
    Texter(texting.url, number).text(said)
    wait_for(lambda: len(twilio.bodies(number)) > 1)
    assert rasa.posts[-1]["payload"] == payload


@pytest.mark.parametrize("done", ["nothing", "ambiguous"])
def test_whose_visit_is_kept_is_asked_when_the_number_does_not_say(
    texting: FrontDoor, scheduling: FakeScheduling, twilio: FakeTwilio, rasa: FakeRasa, done: str
) -> None:
    number = next(numbers)
    scheduling.says["confirm"] = {"done": done}
    scheduling.wait_for_report(scheduling.add(int(number[-4:]), kind="reminder_1d", to=number, text=REMINDER))
    Texter(texting.url, number).text("1")
    wait_for(lambda: len(twilio.bodies(number)) > 1)
    assert rasa.posts[-1]["payload"] == "/confirm"


@pytest.mark.parametrize(
    ("said", "answer", "done", "heard"),
    [
        ("1", "accept", "accepted", "that time is yours"),
        ("Y", "accept", "accepted", "that time is yours"),
        ("YES", "accept", "accepted", "that time is yours"),
        ("yes please!", "accept", "taken", "that time is gone"),
        ("Sí", "accept", "accepted", "that time is yours"),
        ("2", "decline", "declined", "still on the waitlist"),
        ("n", "decline", "declined", "still on the waitlist"),
        ("1", "accept", "nothing", "no open offer"),
    ],
)
def test_an_offered_time_is_taken_or_passed_by_one_character(
    texting: FrontDoor, scheduling: FakeScheduling, twilio: FakeTwilio, rasa: FakeRasa,
    said: str, answer: str, done: str, heard: str,
) -> None:  # fmt: skip
    number = next(numbers)
    scheduling.says[answer] = {"done": done} | ({"appointment": VISIT} if done == "accepted" else {})
    text = "North Loop: a time has opened: Tue Dec 1, 2:00 PM. Reply 1 within 30 min to take it, 2 to pass."
    scheduling.wait_for_report(scheduling.add(int(number[-4:]), kind="offer", to=number, text=text))
    texter = Texter(texting.url, number)
    texter.text(said)
    wait_for(lambda: len(twilio.bodies(number)) > 1)
    assert heard in twilio.bodies(number)[1]
    ((_, asked, key),) = [one for one in scheduling.replies if one[0] == number]
    assert asked == answer
    assert key.endswith(":reply:1")
    assert rasa.posts == []
    texter.text(said)  # the offer is answered: the same words are the bot's now
    wait_for(lambda: len(twilio.bodies(number)) > 2)
    assert len(rasa.posts) == 1


def test_who_opted_out_gets_no_reminder_and_scheduling_is_told(
    texting: FrontDoor, scheduling: FakeScheduling, twilio: FakeTwilio
) -> None:
    texter = Texter(texting.url, "+16125550172")
    texter.text("STOP", OptOutType="STOP")
    message = scheduling.add(3, to=texter.number)
    what, body = scheduling.wait_for_report(message)
    assert (what, body["opted_out"], body["retryable"]) == ("failed", True, False)
    assert texter.number not in [one["to"] for one in twilio.messages]


def test_after_start_scheduling_hears_that_texts_are_wanted_again(
    open_door: Open, own_scheduling: FakeScheduling, twilio: FakeTwilio
) -> None:
    door = open_door(SCHEDULING_PORT=str(own_scheduling.port), TWILIO_API_URL=twilio.url, **SETTINGS)
    texter = Texter(door.url, next(numbers))
    texter.text("STOP", OptOutType="STOP")
    own_scheduling.resume_status = 503
    texter.text("START", OptOutType="START")
    wait_for(lambda: len(own_scheduling.resumed) > 1)  # until it is heard
    own_scheduling.resume_status = 204
    wait_for(lambda: door.rows("select sum(resumed) from sms_threads") == [(0,)])
    assert set(own_scheduling.resumed) == {texter.number}


def test_nobody_is_texted_who_did_not_agree_but_a_code_is_asked_for(
    texting: FrontDoor, scheduling: FakeScheduling, twilio: FakeTwilio
) -> None:
    number = next(numbers)
    what, body = scheduling.wait_for_report(scheduling.add(11, kind="reminder_1d", to=number, consent=None))
    assert (what, body["error"], body["opted_out"], body["retryable"]) == ("failed", "no consent", False, False)
    assert (
        scheduling.wait_for_report(scheduling.add(12, kind="code", to=number, consent=None, text="A code"))[0] == "sent"
    )
    wait_for(lambda: twilio.bodies(number))
    assert twilio.bodies(number) == ["A code"]


def test_the_proof_of_a_yes_is_kept_once_with_its_words_and_its_time(
    texting: FrontDoor, scheduling: FakeScheduling, twilio: FakeTwilio
) -> None:
    number = next(numbers)
    agreed = {"method": "in_chat", "wording": "web-2026-11-a", "at": "2026-11-25T15:00:00Z"}
    query = "select count(*), max(position) from consents"
    before = texting.rows(query)[0][0]
    for one in (13, 14):
        assert scheduling.wait_for_report(scheduling.add(one, to=number, consent=agreed))[0] == "sent"
    (count, last), *_ = texting.rows(query)
    assert count == before + 1
    columns = "action, purpose, method, wording, source, at"
    moment = datetime(2026, 11, 25, 15, tzinfo=timezone.utc).timestamp()
    expected = ("granted", "care", "in_chat", "web-2026-11-a", f"{13:032x}", moment)
    assert texting.rows(f"select {columns} from consents where position = {last}") == [expected]


def test_reminders_wait_for_the_morning_and_codes_do_not(
    open_door: Open, own_scheduling: FakeScheduling, twilio: FakeTwilio
) -> None:
    night = SETTINGS | {"TEST_MODE": "1", "TEST_NOW": "2026-11-25T21:30", "TWILIO_API_URL": twilio.url}
    door = open_door(SCHEDULING_PORT=str(own_scheduling.port), **night)
    number = next(numbers)
    reminder = own_scheduling.add(4, kind="reminder_1d", to=number, text="A reminder")
    assert own_scheduling.wait_for_report(reminder)[0] == "sent"
    # It was looked at and put off: looked at again every five minutes until eight.
    wait_for(lambda: door.rows("select next_at from outbox where id = ?", reminder)[0][0] > time.time() + 120)
    assert door.rows("select state from outbox where id = ?", reminder) == [("waiting",)]
    own_scheduling.add(5, kind="code", to=number, text="A code")
    wait_for(lambda: twilio.bodies(number))
    assert twilio.bodies(number) == ["A code"]


def test_a_message_that_cannot_be_read_keeps_back_no_other(
    texting: FrontDoor, scheduling: FakeScheduling, twilio: FakeTwilio
) -> None:
    scheduling.add(6, useless_after="some day", to="+16125550174")
    good = scheduling.add(7, kind="confirmation", to="+16125550174")
    assert scheduling.wait_for_report(good)[0] == "sent"
    assert f"{6:032x}" not in scheduling.reports


def test_a_calendar_link_leads_to_schedulings_file(texting: FrontDoor) -> None:
    wait_for(lambda: texting.get("/calendar/v.good").status_code != 503)  # scheduling was slow: come again
    answer = texting.get("/calendar/v.good")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.startswith("BEGIN:VCALENDAR")
    assert texting.get("/calendar/v.forged").status_code == 404


def test_staff_hear_of_a_crisis_until_somebody_takes_it(
    open_door: Open, own_scheduling: FakeScheduling, rasa: FakeRasa
) -> None:
    own_scheduling.pages.clear()
    own_scheduling.webhook_status = 500
    door = open_door(
        ALERT_WEBHOOK_URL=f"{own_scheduling.url}/pager",
        ALERT_WEBHOOK_SECRET="pager-secret",
        ALERT_ESCALATE_MINUTES="0.02",
    )
    rasa.script["help"] = [{"text": "Call or text 988.", "lang": "en", "alert": {"kind": "suicidal"}}]
    door.chat().ask("help")
    wait_for(lambda: own_scheduling.pages)
    headers, body = own_scheduling.pages[0]
    seal = hmac.new(b"pager-secret", headers["x-timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert headers["x-signature"] == f"sha256={seal}"
    page = json.loads(body)
    assert (page["kind"], page["urgent"], page["channel"], page["round"]) == ("suicidal", True, "web", 1)
    assert "help" not in page["title"].lower()
    link = page["link"]
    assert link.startswith(f"{door.url}/staff/alerts/")
    own_scheduling.webhook_status = 200
    door.rows("update staff_alerts set next_at = 0")
    wait_for(lambda: any(json.loads(body)["round"] == 2 for _, body in own_scheduling.pages))
    shown = door.get(link)
    assert shown.status_code == 200
    assert "I take care of this" in shown.text
    assert "I take care of this" in door.get(link).text  # looking acknowledges nothing
    assert "I take care of this" not in door.post(link).text
    told = len(own_scheduling.pages)
    time.sleep(3)
    assert len(own_scheduling.pages) <= told + 1


@pytest.mark.parametrize(
    "change", [lambda s: s[:-1] + ("0" if s[-1] != "0" else "1"), lambda s: s + "x", lambda s: "a"]
)
def test_a_forged_staff_link_shows_nothing(door: FrontDoor, change: Any) -> None:
    from gateway import signing

    good = signing.sign(
        "signing-key-for-tests", "staff-alert", "0" * 8 + "-0000-0000-0000-" + "0" * 12, time.time() + 60
    )
    assert door.get(f"/staff/alerts/{change(good)}").status_code == 404
    old = signing.sign("signing-key-for-tests", "staff-alert", "0" * 36, time.time() - 1)
    assert door.post(f"/staff/alerts/{old}").status_code == 404
