"""Messages due: what, when, to whom, once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import gsm0338  # noqa: F401
import pytest
from sqlalchemy import select

from clinic.config import Clinic
from scheduling import wording
from scheduling.office import Office
from scheduling.slot import Slot
from scheduling.sql.tables import message
from tests.scheduling.client import TestClient
from tests.scheduling.conftest import Travel
from tests.scheduling.people import ANA, book, enter, key, somebody, token_of
from tests.scheduling.test_courses import booked

SLOT = "consultation~lakeside~2026-12-10T14:00-06:00"
CHICAGO = ZoneInfo("America/Chicago")


def claim(api: TestClient, **more: Any) -> list[dict[str, Any]]:
    return list(api.post("/v1/messages:claim", json={"limit": 100} | more).json()["messages"])


def planned(office: Office) -> list[tuple[str, str]]:
    """(kind, local time due) of what is due some time."""
    with office.storage.engine.connect() as connection:  # type: ignore[attr-defined]
        rows = connection.execute(select(message).where(message.c.status == "due").order_by(message.c.due_at)).all()
    return [(row.kind, f"{datetime.fromtimestamp(row.due_at, CHICAGO):%m-%d %H:%M}") for row in rows]


def test_a_visit_brings_a_confirmation_and_three_reminders_at_its_own_local_time(lite: Office, web: TestClient) -> None:
    book(web, SLOT, ANA)
    assert planned(lite) == [
        ("confirmation", "11-25 08:45"),
        ("reminder_7d", "12-03 14:00"),
        ("reminder_2d", "12-08 14:00"),
        ("reminder_1d", "12-09 14:00"),
    ]


def test_reminders_stop_once_confirmed_and_follow_a_move(lite: Office, web: TestClient, travel: Travel) -> None:
    made = book(web, SLOT, ANA).json()
    proof = token_of(lite, web, ANA)
    path = f"/v1/appointments/{made['appointment_id']}"
    web.post(f"{path}:reschedule", json={"slot_id": SLOT.replace("14:00", "09:00")}, headers=proof | key())
    reminders = [one for one in planned(lite) if one[0].startswith("reminder")]
    assert reminders == [("reminder_7d", "12-03 09:00"), ("reminder_2d", "12-08 09:00"), ("reminder_1d", "12-09 09:00")]
    travel("2026-12-03T10:00")
    assert reply(web, "confirm") == "confirmed"
    assert not [one for one in planned(lite) if one[0].startswith("reminder")]


def reply(api: TestClient, answer: str) -> str:
    return str(api.post("/v1/replies", json={"phone": ANA["phone"], "answer": answer}).json()["done"])


def test_a_reply_confirms_only_what_a_reminder_was_about(lite: Office, web: TestClient, travel: Travel) -> None:
    assert reply(web, "confirm") == "nothing"
    book(web, SLOT, ANA)
    assert reply(web, "confirm") == "nothing"
    travel("2026-12-03T15:00")
    book(web, "consultation~north-loop~2026-12-08T14:00-06:00", ANA | {"name": "Bo Sample"})
    assert reply(web, "confirm") == "ambiguous"


def test_night_bookings_are_confirmed_in_the_morning_but_codes_go_at_once(
    lite: Office, web: TestClient, travel: Travel
) -> None:
    travel("2026-11-25T23:10")
    book(web, SLOT, ANA)
    assert planned(lite)[0] == ("confirmation", "11-26 08:00")
    match = web.post("/v1/patients:match", json=ANA).json()
    web.post("/v1/patients:send_code", json={"match_id": match["match_id"]})
    assert [one["kind"] for one in claim(web)] == ["code"]


def test_a_course_has_one_digest_a_week_not_three_texts_a_session(lite: Office, web: TestClient) -> None:
    enter(lite, ANA, sessions=36)
    proof = token_of(lite, web, ANA)
    made = booked(web, proof, count=12)
    kinds = Counter(kind for kind, _ in planned(lite))
    assert kinds == {"course_booked": 1, "digest": 3}
    assert [due for kind, due in planned(lite) if kind == "digest"] == ["11-30 17:00", "12-06 17:00", "12-13 17:00"]
    one = made["sessions"][2]
    later = one["slot_id"].replace("T09:00", "T15:00")
    path = f"/v1/appointments/{one['appointment_id']}:reschedule"
    web.post(path, json={"slot_id": later}, headers=proof | key())
    with lite.storage.engine.connect() as connection:  # type: ignore[attr-defined]
        first = select(message.c.text).where(message.c.kind == "digest", message.c.status == "due")
        text = connection.execute(first.order_by(message.c.due_at)).scalars().first()
    assert "Thu 3:00 PM" in text


def test_no_two_workers_get_the_same_message(office: Office, api: TestClient) -> None:
    for _ in range(12):
        enter_and_book(office, api)
    with ThreadPoolExecutor(8) as pool:
        taken = [one["message_id"] for batch in pool.map(lambda _: claim(api, limit=3), range(8)) for one in batch]
    assert len(taken) == len(set(taken)) == 12


_hours = iter(f"2026-12-{day:02}T{hour:02}:00-06:00" for day in (7, 8, 9) for hour in range(9, 16))


def enter_and_book(office: Office, api: TestClient) -> None:
    global _hours
    slot = next(_hours, None)
    if slot is None:
        _hours = iter(f"2026-12-{day:02}T{hour:02}:00-06:00" for day in (7, 8, 9) for hour in range(9, 16))
        slot = next(_hours)
    assert book(api, f"consultation~north-loop~{slot}").status_code == 201


def test_a_lease_that_ran_out_hands_the_message_to_another_and_the_first_cannot_report(
    lite: Office, web: TestClient, travel: Travel
) -> None:
    book(web, SLOT, ANA)
    first = claim(web, lease_seconds=30)[0]
    assert claim(web) == []
    travel("2026-11-25T08:46")
    second = claim(web)[0]
    assert (second["message_id"], second["attempt"]) == (first["message_id"], 2)
    late = web.post(f"/v1/messages/{first['message_id']}:sent", json={"lease": first["lease"]})
    assert (late.status_code, late.json()["code"]) == (409, "lease_lost")
    for _ in range(2):
        done = web.post(f"/v1/messages/{second['message_id']}:sent", json={"lease": second["lease"]})
        assert done.json() == {"status": "sent"}
    with lite.storage.engine.connect() as connection:  # type: ignore[attr-defined]
        row = connection.execute(select(message).where(message.c.id == first["message_id"])).one()
    assert row.text is None


def test_a_failure_is_tried_again_later_and_given_up_in_the_end(lite: Office, web: TestClient, travel: Travel) -> None:
    book(web, SLOT, ANA)
    waits = ["08:46", "08:48", "08:53", "09:10", "10:15", "14:32"]
    statuses = []
    for moment in waits:
        travel(f"2026-11-25T{moment}")
        taken = claim(web)
        assert len(taken) == 1, moment
        report = {"lease": taken[0]["lease"], "error": "30003"}
        answer = web.post(f"/v1/messages/{taken[0]['message_id']}:failed", json=report)
        statuses.append(answer.json()["status"])
        assert claim(web) == []
    assert statuses == ["due"] * 5 + ["failed"]


def test_a_number_that_opted_out_gets_nothing_more(lite: Office, web: TestClient) -> None:
    book(web, SLOT, ANA)
    taken = claim(web)[0]
    report = {"lease": taken["lease"], "error": "opted out: " + "x" * 90, "opted_out": True}
    assert web.post(f"/v1/messages/{taken['message_id']}:failed", json=report).json() == {"status": "failed"}
    assert planned(lite) == []
    with lite.storage.engine.connect() as connection:  # type: ignore[attr-defined]
        assert "due" not in connection.execute(select(message.c.status)).scalars().all()


def test_a_message_past_its_use_is_not_sent(lite: Office, web: TestClient, travel: Travel) -> None:
    book(web, SLOT, ANA)
    travel("2026-12-12T09:00")
    assert claim(web) == []


def test_callbacks_and_alerts_are_records_with_states_and_a_word_to_staff(lite: Office, web: TestClient) -> None:
    body = {"name": "Ana Sample", "phone": "612-555-0123", "reason": "billing", "best_time": "morning"}
    turn = key()
    first = web.post("/v1/callbacks", json=body, headers=turn)
    assert first.status_code == 201
    assert web.post("/v1/callbacks", json=body, headers=turn).json() == first.json()
    alert = web.post("/v1/alerts", json={"kind": "suicidal", "subject": "c1"}).json()
    assert alert["status"] == "open"
    for _ in range(2):
        assert web.post(f"/v1/alerts/{alert['alert_id']}:acknowledge").status_code == 204
    assert web.get("/v1/alerts?status=open").json() == {"alerts": []}
    assert web.post(f"/v1/alerts/{'0' * 32}:acknowledge").status_code == 404
    staff = claim(web)
    assert [(one["audience"], one["to"]) for one in staff] == [("staff", None)] * 2
    assert not any("Ana" in one["text"] or "5550123" in one["text"] for one in staff)


TREATMENT = ("tms", "treatment", "tratamiento", "session", "sesi", "consult", "mapping", "mapeo", "depress", "brain")


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_message_names_the_treatment_and_each_fits_its_segments(sample: Clinic, language: str) -> None:
    slot = Slot("session", "north-loop", 5987166, 40, "America/Chicago")
    week = [Slot("session", "north-loop", 5987166 + 288 * n, 40, "America/Chicago") for n in range(5)]
    texts = {
        "code": wording.code(sample, language, "123456"),
        "booked": wording.booked(sample, language, slot),
        "moved": wording.moved(sample, language, slot),
        "called_off": wording.called_off(sample, language, slot),
        "reminder": wording.reminder(sample, language, slot),
        "course_booked": wording.course_booked(sample, language, week * 7),
        "course_changed": wording.course_changed(sample, language, week),
        "course_ended": wording.course_changed(sample, language, []),
        "digest": wording.digest(sample, language, week),
        "offer": wording.offer(sample, language, slot, 30),
        "offer_taken": wording.offer_taken(sample, language),
    }
    for name, text in texts.items():
        assert not [word for word in TREATMENT if word in text.lower()], (name, text)
        assert text.startswith(sample.short_name)
        text.encode("gsm03.38")
        assert len(text.encode("gsm03.38")) <= 160, (name, len(text), text)
        assert not {"STOP", "CANCEL", "END", "QUIT"} & set(text.split()), name


def test_messages_of_a_spanish_speaker_are_spanish(lite: Office, web: TestClient) -> None:
    book(web, SLOT, somebody(), language="es")
    assert "su cita es jue 10 dic, 2:00 PM" in claim(web)[0]["text"]
