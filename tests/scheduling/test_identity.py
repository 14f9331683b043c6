"""Who somebody is: nothing is told before a code was given, and nothing shows whether a record exists."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from scheduling.office import Office
from scheduling.sql.tables import audit, contact_match, message
from tests.scheduling.client import TestClient
from tests.scheduling.conftest import Travel
from tests.scheduling.people import ANA, book, code_for, enter, key, slots, somebody, token_of

SLOT = "consultation~north-loop~2026-12-01T14:00-06:00"


def test_a_code_to_the_phone_on_file_opens_ones_own_visits_and_nobody_elses(office: Office, api: TestClient) -> None:
    mine = book(api, SLOT, ANA).json()
    other = book(api, "consultation~north-loop~2026-12-02T14:00-06:00").json()
    proof = token_of(office, api, ANA)
    listed = api.get("/v1/appointments", headers=proof).json()["appointments"]
    assert [one["appointment_id"] for one in listed] == [mine["appointment_id"]]
    for verb in ("cancel", "confirm"):
        path = f"/v1/appointments/{other['appointment_id']}:{verb}"
        answer = api.post(path, json={}, headers=proof | key())
        nobody = api.post(f"/v1/appointments/{'0' * 32}:{verb}", json={}, headers=proof | key())
        assert (answer.status_code, answer.json()) == (404, nobody.json())


def test_a_token_dies_after_ten_minutes(lite: Office, web: TestClient, travel: Travel) -> None:
    book(web, SLOT, ANA)
    proof = token_of(lite, web, ANA)
    travel("2026-11-25T08:56")
    assert web.get("/v1/appointments", headers=proof).json()["code"] == "not_verified"


def test_a_token_of_one_conversation_does_not_count_in_another(lite: Office, web: TestClient) -> None:
    enter(lite, ANA)
    match = web.post("/v1/patients:match", json=ANA | {"conversation": "c1"}).json()
    web.post("/v1/patients:send_code", json={"match_id": match["match_id"]})
    token = web.post("/v1/patients:verify", json={"match_id": match["match_id"], "code": code_for(web)}).json()
    proof = {"Patient-Token": token["patient_token"]}
    assert web.get("/v1/appointments", headers=proof | {"Conversation": "c1"}).status_code == 200
    assert web.get("/v1/appointments", headers=proof | {"Conversation": "c2"}).status_code == 403


def test_a_match_with_nobody_looks_and_works_like_one_with_somebody(lite: Office, web: TestClient) -> None:
    enter(lite, ANA)
    engine = lite.storage.engine  # type: ignore[attr-defined]

    def rows() -> Counter[str]:
        with engine.connect() as connection:
            tables = (contact_match, message, audit)
            return Counter({t.name: connection.execute(select(func.count()).select_from(t)).scalar() for t in tables})

    shapes, written = [], []
    for who in (ANA, ANA | {"name": "Nobody Here"}):
        before = rows()
        match = web.post("/v1/patients:match", json=who)
        sent = web.post("/v1/patients:send_code", json={"match_id": match.json()["match_id"]})
        tried = web.post("/v1/patients:verify", json={"match_id": match.json()["match_id"], "code": "000000"})
        shapes.append([(a.status_code, sorted(a.json())) for a in (match, sent, tried)])
        written.append(rows() - before)
    assert shapes[0] == shapes[1]
    assert written[0] == written[1]
    claimed = web.post("/v1/messages:claim", json={}).json()["messages"]
    assert [one["to"] for one in claimed] == ["+16125550123"]


def test_names_match_without_accents_order_and_middle_names(lite: Office, web: TestClient) -> None:
    enter(lite, ANA | {"name": "María José García-López"})
    for name in ("maria jose garcia lopez", "García López María José", "Maria Garcia"):
        assert web.post("/v1/patients:match", json=ANA | {"name": name}).json()["outcome"] == "exact", name
    for name in ("Maria", "Jose Perez", "Ana Sample"):
        assert web.post("/v1/patients:match", json=ANA | {"name": name}).json()["outcome"] == "none", name


def test_two_patients_on_one_phone_are_told_apart_by_birth_or_not_at_all(lite: Office, web: TestClient) -> None:
    enter(lite, ANA | {"name": "Ana Maria Sample"})
    enter(lite, ANA | {"name": "Ana Sofia Sample"})
    enter(lite, ANA | {"name": "Ana Sample", "date_of_birth": "1950-01-01"})
    assert web.post("/v1/patients:match", json=ANA).json()["outcome"] == "ambiguous"
    assert web.post("/v1/patients:match", json=ANA | {"name": "Ana Sofia Sample"}).json()["outcome"] == "exact"
    older = web.post("/v1/patients:match", json=ANA | {"date_of_birth": "1950-01-01"}).json()
    assert older["outcome"] == "exact"


def test_the_number_an_sms_came_from_is_proof_enough_for_its_owner_only(lite: Office, web: TestClient) -> None:
    enter(lite, ANA)
    right = web.post("/v1/patients:match", json=ANA | {"sender_phone": "+16125550123"}).json()
    wrong = web.post("/v1/patients:match", json=ANA | {"sender_phone": "+16125550199"}).json()
    stranger = web.post("/v1/patients:match", json=somebody() | {"sender_phone": "+16125550123"}).json()
    assert right["patient_token"]
    assert wrong["patient_token"] is None
    assert stranger["patient_token"] is None


def _code(web: TestClient, who: dict[str, str]) -> tuple[str, str]:
    match_id = web.post("/v1/patients:match", json=who).json()["match_id"]
    web.post("/v1/patients:send_code", json={"match_id": match_id})
    return match_id, code_for(web)


def test_a_code_works_once_for_five_minutes_and_five_tries(lite: Office, web: TestClient, travel: Travel) -> None:
    enter(lite, ANA)

    def verify(match_id: str, code: str) -> int:
        return web.post("/v1/patients:verify", json={"match_id": match_id, "code": code}).status_code

    match_id, code = _code(web, ANA)
    assert (verify(match_id, code), verify(match_id, code)) == (200, 422)
    match_id, code = _code(web, ANA)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert [verify(match_id, wrong) for _ in range(5)] == [422] * 5
    assert verify(match_id, code) == 422
    match_id, code = _code(web, ANA)
    travel("2026-11-25T08:51")
    assert verify(match_id, code) == 422


def test_parallel_tries_are_counted_one_by_one(office: Office, api: TestClient) -> None:
    enter(office, ANA)
    match_id, code = _code(api, ANA)
    guesses = [f"{(int(code) + n) % 10**6:06}" for n in range(1, 9)] + [code]

    def guess(text: str) -> int:
        return api.post("/v1/patients:verify", json={"match_id": match_id, "code": text}).status_code

    with ThreadPoolExecutor(8) as pool:
        first = list(pool.map(guess, guesses[:8]))
    assert set(first) == {422}
    assert guess(code) == 422


def test_three_codes_an_hour_and_ten_failures_a_day_across_conversations(
    lite: Office, web: TestClient, travel: Travel
) -> None:
    enter(lite, ANA)
    for who in (ANA, ANA | {"name": "Nobody Here"}):
        for number in range(4):
            match_id = web.post("/v1/patients:match", json=who | {"conversation": f"c{number}"}).json()["match_id"]
            answer = web.post("/v1/patients:send_code", json={"match_id": match_id})
            assert answer.status_code == (202 if number < 3 else 429)
    travel("2026-11-25T10:00")
    for round_ in range(2):
        match_id, _ = _code(web, ANA | {"conversation": f"d{round_}"})
        for _ in range(5):
            web.post("/v1/patients:verify", json={"match_id": match_id, "code": "000000"})
    travel("2026-11-25T12:00")
    match_id = web.post("/v1/patients:match", json=ANA).json()["match_id"]
    assert web.post("/v1/patients:send_code", json={"match_id": match_id}).json()["code"] == "too_many_codes"
    travel("2026-11-26T12:30")
    match_id = web.post("/v1/patients:match", json=ANA).json()["match_id"]
    assert web.post("/v1/patients:send_code", json={"match_id": match_id}).status_code == 202


def test_a_foreign_or_old_match_is_refused(web: TestClient, travel: Travel) -> None:
    match_id = web.post("/v1/patients:match", json=ANA).json()["match_id"]
    travel("2026-11-25T09:20")
    for unknown in (match_id, "0" * 32):
        assert web.post("/v1/patients:send_code", json={"match_id": unknown}).json()["code"] == "match_expired"


@pytest.mark.parametrize("verb", ["cancel", "reschedule"])
def test_changes_stop_before_the_visit(lite: Office, web: TestClient, travel: Travel, verb: str) -> None:
    made = book(web, "consultation~north-loop~2026-11-25T14:00-06:00", ANA).json()
    travel("2026-11-25T10:30")
    proof = token_of(lite, web, ANA)
    body = {} if verb == "cancel" else {"slot_id": SLOT}
    answer = web.post(f"/v1/appointments/{made['appointment_id']}:{verb}", json=body, headers=proof | key())
    assert (answer.status_code, answer.json()["code"]) == (403, "too_late")
    assert "612-555-0100" in answer.json()["detail"]


def test_a_verified_person_books_and_cannot_be_in_two_places(office: Office, api: TestClient) -> None:
    enter(office, ANA)
    proof = token_of(office, api, ANA)

    def take(slot_id: str) -> dict[str, str]:
        return dict(api.post("/v1/appointments", json={"slot_id": slot_id}, headers=proof | key()).json())

    assert take(SLOT)["status"] == "booked"
    assert take("follow-up~lakeside~2026-12-03T14:00-06:00")["status"] == "booked"
    assert take("session~lakeside~2026-12-01T14:20-06:00")["code"] == "not_authorised"
    refused = take("follow-up~north-loop~2026-12-01T14:30-06:00")
    assert refused["code"] in ("slot_taken", "patient_conflict")


def test_rescheduling_keeps_the_id_and_frees_the_old_time(office: Office, api: TestClient) -> None:
    made = book(api, SLOT, ANA).json()
    proof = token_of(office, api, ANA)
    path = f"/v1/appointments/{made['appointment_id']}:reschedule"
    overlapping = SLOT.replace("14:00", "14:30")
    moved = api.post(path, json={"slot_id": overlapping}, headers=proof | key() | {"If-Match": '"1"'}).json()
    assert (moved["appointment_id"], moved["version"], moved["slot_id"]) == (made["appointment_id"], 2, overlapping)
    free = [one["slot_id"] for one in slots(api, window="2026-12-01T13:00/2026-12-01T16:00")]
    assert SLOT.replace("14:00", "13:30") in free
    assert SLOT not in free
    stale = api.post(path, json={"slot_id": SLOT}, headers=proof | key() | {"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "version_conflict")
    held = api.post("/v1/holds", json={"slot_id": "consultation~lakeside~2026-12-03T10:00-06:00"}).json()
    by_hold = api.post(path, json={"hold_id": held["hold_id"]}, headers=proof | key()).json()
    assert by_hold["location"] == "lakeside"


def test_a_move_to_a_taken_time_changes_nothing(office: Office, api: TestClient) -> None:
    made = book(api, SLOT, ANA).json()
    book(api, "consultation~north-loop~2026-12-02T14:00-06:00")
    proof = token_of(office, api, ANA)
    path = f"/v1/appointments/{made['appointment_id']}"
    answer = api.post(
        f"{path}:reschedule", json={"slot_id": "consultation~north-loop~2026-12-02T14:00-06:00"}, headers=proof | key()
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")
    assert answer.json()["alternatives"]
    assert api.get(path, headers=proof).json() == {k: made[k] for k in api.get(path, headers=proof).json()}


def test_cancelling_and_confirming_twice_is_fine(office: Office, api: TestClient) -> None:
    made = book(api, SLOT, ANA).json()
    proof = token_of(office, api, ANA)
    path = f"/v1/appointments/{made['appointment_id']}"
    assert [api.post(f"{path}:confirm", json={}, headers=proof).json()["status"] for _ in range(2)] == ["confirmed"] * 2
    assert [
        api.post(f"{path}:cancel", json={"reason": "travel"}, headers=proof).json()["status"] for _ in range(2)
    ] == ["cancelled"] * 2
    assert SLOT in [one["slot_id"] for one in slots(api, window="2026-12-01/2026-12-02")]
    assert api.post(f"{path}:confirm", json={}, headers=proof).json()["code"] == "not_changeable"
    again = book(api, SLOT, ANA)
    assert again.status_code == 201
