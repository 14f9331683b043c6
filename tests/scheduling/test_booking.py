"""Holds and appointments, over the API, on both engines."""

from __future__ import annotations

import pytest

from scheduling.office import Office
from tests.scheduling.client import TestClient
from tests.scheduling.conftest import Travel
from tests.scheduling.people import ANA, book, first_slot, key, slots, somebody

SLOT = "consultation~north-loop~2026-12-01T14:00-06:00"


def hold(api: TestClient, slot_id: str = SLOT, **more: str) -> dict[str, str]:
    answer = api.post("/v1/holds", json={"slot_id": slot_id} | more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_held_time_is_offered_to_nobody_else_until_it_expires(api: TestClient, travel: Travel) -> None:
    held = hold(api)
    assert held["expires_at"].startswith("2026-11-25T08:50:")
    assert SLOT not in [slot["slot_id"] for slot in slots(api, window="2026-12-01/2026-12-02")]
    travel("2026-11-25T09:06")
    assert SLOT in [slot["slot_id"] for slot in slots(api, window="2026-12-01/2026-12-02")]
    late = api.post("/v1/appointments", json={"hold_id": held["hold_id"], "patient": ANA}, headers=key())
    assert (late.status_code, late.json()["code"]) == (410, "hold_expired")
    assert late.json()["alternatives"]


def test_an_sms_hold_lasts_longer(web: TestClient) -> None:
    assert hold(web, channel="sms")["expires_at"].startswith("2026-11-25T09:00:")


def test_a_second_hold_of_a_conversation_gives_the_first_back(api: TestClient) -> None:
    first = hold(api, conversation="c1")
    hold(api, "consultation~north-loop~2026-12-01T15:00-06:00", conversation="c1")
    assert SLOT in [slot["slot_id"] for slot in slots(api, window="2026-12-01/2026-12-02")]
    gone = api.post("/v1/appointments", json={"hold_id": first["hold_id"], "patient": ANA}, headers=key())
    assert gone.json()["code"] == "hold_expired"


def test_a_released_hold_is_free_again_and_releasing_twice_is_fine(api: TestClient) -> None:
    held = hold(api)
    for _ in range(2):
        assert api.delete(f"/v1/holds/{held['hold_id']}").status_code == 204
    assert SLOT in [slot["slot_id"] for slot in slots(api, window="2026-12-01/2026-12-02")]
    assert api.delete("/v1/holds/" + "0" * 32).status_code == 404


def test_a_hold_that_was_booked_cannot_be_given_back_and_one_given_back_cannot_be_booked(api: TestClient) -> None:
    held = hold(api)
    body, headers = {"hold_id": held["hold_id"], "patient": ANA}, {"Idempotency-Key": f"book:{held['hold_id']}"}
    booked = api.post("/v1/appointments", json=body, headers=headers).json()
    used = api.delete(f"/v1/holds/{held['hold_id']}")
    assert (used.status_code, used.json()["code"]) == (409, "hold_used")
    found = api.get(f"/v1/appointments/{held['hold_id']}", headers=headers)
    assert (found.status_code, found.json()["status"]) == (200, "booked")
    assert found.json()["appointment_id"] == booked["appointment_id"]
    other = hold(api, "consultation~north-loop~2026-12-01T15:00-06:00")
    assert api.delete(f"/v1/holds/{other['hold_id']}").status_code == 204
    late = api.post(
        "/v1/appointments",
        json={"hold_id": other["hold_id"], "patient": somebody()},
        headers={"Idempotency-Key": f"book:{other['hold_id']}"},
    )
    assert late.json()["code"] == "hold_expired"


def test_booking_from_a_hold_twice_with_its_key_books_once(api: TestClient) -> None:
    held = hold(api)
    body, headers = {"hold_id": held["hold_id"], "patient": ANA}, {"Idempotency-Key": f"book:{held['hold_id']}"}
    first = api.post("/v1/appointments", json=body, headers=headers)
    again = api.post("/v1/appointments", json=body, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    other = api.post("/v1/appointments", json=body | {"patient": somebody()}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")


def test_what_was_booked_can_be_read_back_by_whoever_booked_it_and_nobody_else(api: TestClient, travel: Travel) -> None:
    turn = key()
    made = api.post("/v1/appointments", json={"slot_id": SLOT, "patient": ANA}, headers=turn).json()
    path = f"/v1/appointments/{made['appointment_id']}"
    by_token = api.get(path, headers={"Booking-Token": made["booking_token"]})
    by_key = api.get(path, headers=turn)
    assert by_token.json() == by_key.json()
    assert by_token.json()["start"] == "2026-12-01T14:00:00-06:00"
    assert "Ana" not in by_token.text
    other = book(api, "consultation~north-loop~2026-12-02T14:00-06:00").json()
    for wrong in ({"Booking-Token": other["booking_token"]}, key(), {"Booking-Token": "9999999999." + "0" * 64}):
        assert api.get(path, headers=wrong).status_code == 404
        assert api.get(path, headers=wrong).json() == api.get("/v1/appointments/" + "0" * 32, headers=wrong).json()
    assert api.get(path).status_code == 403
    travel("2026-11-25T10:30")
    assert api.get(path, headers={"Booking-Token": made["booking_token"]}).status_code == 404


def test_a_key_is_needed(web: TestClient) -> None:
    answer = web.post("/v1/appointments", json={"slot_id": SLOT, "patient": ANA})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
    blank = web.post("/v1/appointments", json={"slot_id": SLOT, "patient": ANA}, headers={"Idempotency-Key": "a b"})
    assert blank.json()["code"] == "idempotency_key_invalid"


def test_a_refused_request_may_succeed_with_the_same_key_later(api: TestClient, travel: Travel) -> None:
    hold(api, conversation="other")
    turn = key()
    body = {"slot_id": SLOT, "patient": ANA}
    assert api.post("/v1/appointments", json=body, headers=turn).json()["code"] == "slot_taken"
    travel("2026-11-25T09:06")
    assert api.post("/v1/appointments", json=body, headers=turn).status_code == 201


@pytest.mark.parametrize(
    ("slot_id", "code"),
    [
        ("consultation~north-loop~2026-12-01T14:10-06:00", "off_grid"),
        ("consultation~north-loop~2026-12-01T14:02-06:00", "off_grid"),
        ("consultation~north-loop~2026-11-24T14:00-06:00", "past"),
        ("consultation~north-loop~2026-11-25T10:00-06:00", "too_soon"),
        ("consultation~north-loop~2027-09-01T10:00-05:00", "beyond_horizon"),
        ("consultation~north-loop~2026-11-26T14:00-06:00", "closed"),
        ("consultation~north-loop~2026-12-05T14:00-06:00", "closed"),
        ("consultation~north-loop~2026-12-01T18:30-06:00", "closed"),
        ("consultation~north-loop~2026-12-01T07:00-06:00", "off_grid"),
        ("consultation~north-loop~2026-12-03T10:00-06:00", "off_grid"),
        ("consultation~north-loop~2026-12-01T14:00-05:00", "wrong_offset"),
        ("consultation~north-loop~2026-12-01T14:00Z", "wrong_offset"),
    ],
)
def test_a_start_that_cannot_be_is_refused_with_alternatives(web: TestClient, slot_id: str, code: str) -> None:
    for path, body, headers in (
        ("/v1/holds", {"slot_id": slot_id}, {}),
        ("/v1/appointments", {"slot_id": slot_id, "patient": ANA}, key()),
    ):
        answer = web.post(path, json=body, headers=headers)
        assert answer.json()["code"] == code, answer.text
        assert 400 <= answer.status_code < 500
        assert answer.json()["detail"].endswith(".")
        offered = answer.json()["alternatives"]
        assert len(offered) == 3
        assert all(one["service"] == "consultation" for one in offered)


@pytest.mark.parametrize(
    ("slot_id", "code"),
    [
        ("massage~north-loop~2026-12-01T14:00-06:00", "unknown_service"),
        ("consultation~moon~2026-12-01T14:00-06:00", "unknown_location"),
        ("nonsense", "invalid_slot"),
        ("consultation~north-loop~2026-13-01T14:00-06:00", "invalid_slot"),
        ("consultation~north-loop~9999-12-31T23:00-06:00", "invalid_slot"),
        ("consultation~north-loop~2026-12-01T14:00-06:00'; DROP TABLE booking;--", "invalid_slot"),
    ],
)
def test_a_slot_id_that_is_none_is_typed(web: TestClient, slot_id: str, code: str) -> None:
    assert web.post("/v1/holds", json={"slot_id": slot_id}).json()["code"] == code


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phone": "555"}, "phone"),
        ({"phone": "call me"}, "phone"),
        ({"phone": "112-555-0123"}, "phone"),
        ({"phone": "+44 1"}, "phone"),
        ({"date_of_birth": "1980-02-30"}, "date_of_birth"),
        ({"date_of_birth": "2031-01-01"}, "date_of_birth"),
        ({"date_of_birth": "1850-01-01"}, "date_of_birth"),
        ({"date_of_birth": "yesterday"}, "date_of_birth"),
        ({"name": "7"}, "name"),
        ({"name": "Ana\u202esample"}, "name"),
        ({"name": "x" * 200}, "name"),
    ],
)
def test_details_that_cannot_be_are_refused_by_field(web: TestClient, change: dict[str, str], field: str) -> None:
    answer = book(web, SLOT, ANA | change)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "invalid_patient", field)


def test_sql_in_a_name_is_stored_as_a_name(api: TestClient, office: Office) -> None:
    name = "Robert'); DROP TABLE booking;-- O’Brien"
    assert book(api, SLOT, ANA | {"name": name}).status_code == 201
    known = office.storage.read(lambda b: b.patients.by_phone("+16125550123"))
    assert [one.name for one in known] == [name]


def test_only_some_visits_may_be_booked_without_being_known(web: TestClient) -> None:
    for service in ("follow-up", "mapping", "session"):
        slot_id = first_slot(web, service)
        assert book(web, slot_id).json()["code"] == "not_verified"
        assert web.post("/v1/holds", json={"slot_id": slot_id}).json()["code"] == "not_verified"


def test_minors_are_for_staff(web: TestClient) -> None:
    answer = book(web, SLOT, ANA | {"date_of_birth": "2008-11-26"})
    assert (answer.status_code, answer.json()["code"]) == (403, "under_age")
    assert "612-555-0100" in answer.json()["detail"]
    assert book(web, SLOT, ANA | {"date_of_birth": "2008-11-25"}).status_code == 201


def test_a_phone_number_has_two_open_visits_and_a_conversation_one(api: TestClient) -> None:
    for hour in (10, 11):
        assert book(api, f"consultation~north-loop~2026-12-02T{hour}:00-06:00", ANA).status_code == 201
    third = book(api, "consultation~north-loop~2026-12-02T13:00-06:00", ANA | {"name": "Bo Sample"})
    assert (third.status_code, third.json()["code"]) == (403, "too_many_open")
    assert book(api, "consultation~north-loop~2026-12-02T14:00-06:00", conversation="c9").status_code == 201
    again = book(api, "consultation~north-loop~2026-12-02T15:00-06:00", conversation="c9")
    assert again.json()["code"] == "too_many_open"


def test_an_unverified_booking_never_joins_a_known_record_and_never_tells_of_one(
    api: TestClient, office: Office
) -> None:
    first = book(api, SLOT, ANA)
    second = book(api, "consultation~lakeside~2026-12-03T14:00-06:00", ANA)
    assert first.status_code == second.status_code == 201
    assert len({one.id for one in office.storage.read(lambda b: b.patients.by_phone("+16125550123"))}) == 2


def test_nothing_about_an_appointment_changes_without_a_token(api: TestClient) -> None:
    made = book(api, SLOT, ANA).json()
    path = f"/v1/appointments/{made['appointment_id']}"
    forged = key() | {"Patient-Token": "forged", "Booking-Token": made["booking_token"]}
    for headers in (key(), forged):
        for verb, body in ((":cancel", {}), (":confirm", {}), (":reschedule", {"slot_id": SLOT})):
            assert api.post(path + verb, json=body, headers=headers).json()["code"] == "not_verified"
        assert api.get("/v1/appointments", headers=headers).json()["code"] == "not_verified"
