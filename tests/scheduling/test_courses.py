"""Whole courses: planned without conflict, booked completely or not at all, and repaired."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from scheduling.caller import Caller
from scheduling.office import Office
from tests.scheduling.client import TestClient
from tests.scheduling.conftest import Travel
from tests.scheduling.people import ANA, enter, key, somebody, token_of
from tests.scheduling.test_races import race

WISH = {
    "service": "session",
    "location": "north-loop",
    "count": 36,
    "start": "2026-12-01",
    "earliest": "09:00",
    "latest": "12:00",
}


def plan(api: TestClient, proof: dict[str, str], **more: Any) -> Any:
    return api.post("/v1/courses:plan", json=WISH | more, headers=proof)


def booked(api: TestClient, proof: dict[str, str], **more: Any) -> dict[str, Any]:
    plan_id = plan(api, proof, **more).json()["plan_id"]
    answer = api.post("/v1/courses", json={"plan_id": plan_id}, headers=proof | key())
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def days(sessions: list[dict[str, Any]]) -> list[date]:
    return [date.fromisoformat(one["start"][:10]) for one in sessions]


def test_thirty_six_sessions_are_planned_without_conflict_and_booked_at_once(office: Office, api: TestClient) -> None:
    enter(office, ANA, sessions=36)
    proof = token_of(office, api, ANA)
    proposal = plan(api, proof).json()
    found = days(proposal["sessions"])
    assert len(found) == len(set(found)) == 36
    assert all(day.weekday() < 5 for day in found)
    assert all(one["start"][11:16] >= "09:00" and one["end"][11:16] <= "12:00" for one in proposal["sessions"])
    skipped = {one["date"]: one["reason"] for one in proposal["skipped"]}
    assert skipped["2026-12-24"] == skipped["2026-12-25"] == skipped["2027-01-01"] == "closed"
    assert proposal["same_resources"] == 36
    assert proposal["last_day"] == found[-1].isoformat()
    turn = key()
    first = api.post("/v1/courses", json={"plan_id": proposal["plan_id"]}, headers=proof | turn)
    again = api.post("/v1/courses", json={"plan_id": proposal["plan_id"]}, headers=proof | turn)
    assert first.status_code == 201
    assert first.json() == again.json()
    assert [one["slot_id"] for one in first.json()["sessions"]] == [one["slot_id"] for one in proposal["sessions"]]


def test_a_plan_keeps_to_weekdays_pace_and_days_away(lite: Office, web: TestClient) -> None:
    enter(lite, ANA, sessions=36)
    proof = token_of(lite, web, ANA)
    away = [{"first": "2026-12-14", "last": "2026-12-18"}]
    proposal = plan(web, proof, count=12, per_week=3, away=away).json()
    found = days(proposal["sessions"])
    assert not [day for day in found if date(2026, 12, 14) <= day <= date(2026, 12, 18)]
    weeks = Counter(day.isocalendar()[1] for day in found)
    assert max(weeks.values()) == 3
    assert {day.strftime("%a") for day in found} == {"Mon", "Wed", "Fri"}
    assert {one["reason"] for one in proposal["skipped"]} == {"away", "closed"}
    wed = days(plan(web, proof, count=10, weekdays=["tue", "thu"], per_week=2).json()["sessions"])
    assert {day.weekday() for day in wed} == {1, 3}
    gap = plan(web, proof, count=12, per_week=3, away=away, max_gap_days=7).json()
    assert gap["code"] == "course_partial_impossible"


def test_a_course_needs_a_verified_person_and_an_authorisation(lite: Office, web: TestClient) -> None:
    enter(lite, ANA)
    assert plan(web, {}).json()["code"] == "not_verified"
    proof = token_of(lite, web, ANA)
    assert plan(web, proof).json()["code"] == "not_authorised"
    other = somebody()
    enter(lite, other, sessions=20)
    answer = plan(web, token_of(lite, web, other)).json()
    assert (answer["code"], answer["left"]) == ("authorisation_exceeded", 20)


def test_a_plan_that_does_not_fit_says_how_much_does(lite: Office, web: TestClient) -> None:
    enter(lite, ANA, sessions=36, valid_until=date(2026, 12, 11))
    answer = plan(web, token_of(lite, web, ANA)).json()
    assert (answer["code"], answer["possible"], answer["wanted"]) == ("course_partial_impossible", 9, 36)


def test_a_forged_or_old_plan_books_nothing(lite: Office, web: TestClient, travel: Travel) -> None:
    enter(lite, ANA, sessions=36)
    proof = token_of(lite, web, ANA)
    plan_id = plan(web, proof).json()["plan_id"]
    for bad in ("x.y", plan_id[:-1] + ("0" if plan_id[-1] != "0" else "1"), "A" + plan_id[1:]):
        answer = web.post("/v1/courses", json={"plan_id": bad}, headers=proof | key())
        assert answer.json()["code"] == "plan_expired"
    other = somebody()
    enter(lite, other, sessions=36)
    theirs = web.post("/v1/courses", json={"plan_id": plan_id}, headers=token_of(lite, web, other) | key())
    assert theirs.json()["code"] == "plan_expired"
    travel("2026-11-25T09:20")
    late = web.post("/v1/courses", json={"plan_id": plan_id}, headers=token_of(lite, web, ANA) | key())
    assert late.json()["code"] == "plan_expired"


def test_two_courses_that_share_a_day_one_whole_one_nothing(office: Office, api: TestClient) -> None:
    """Both chairs are free for one more person on the shared day only once."""
    from scheduling import course
    from scheduling.course_plan import Wish
    from scheduling.idempotency import Request

    callers = [Caller((enter(office, sessions=36),)) for _ in range(32)]
    wish = Wish(10, 5, date(2026, 12, 1), minutes=(540, 580))
    plans = [course.plan(office, one, "session", "north-loop", wish)["plan_id"] for one in callers]

    def take(number: int) -> Any:
        return course.book(office, callers[number], plans[number], Request(f"course-{number}", "c", {"n": number}))

    assert race(32, take) == {"ok": 2, "slot_taken": 30}
    counts = [len(office.storage.read(lambda b, one=one: b.bookings.of_patients(one.patient_ids))) for one in callers]
    assert sorted(counts) == [0] * 30 + [10, 10]


def test_sessions_are_never_more_than_authorised_in_a_race(office: Office) -> None:
    from scheduling import course
    from scheduling.course_plan import Wish
    from scheduling.idempotency import Request

    caller = Caller((enter(office, sessions=10),))
    plans = [
        course.plan(office, caller, "session", "north-loop", Wish(6, 5, date(2026, 12, 1) + timedelta(days=14 * n)))
        for n in range(6)
    ]
    won = race(6, lambda n: course.book(office, caller, plans[n]["plan_id"], Request(f"c{n}", "c", {"n": n})))
    assert won == {"ok": 1, "authorisation_exceeded": 5}


def test_everything_after_the_tenth_moves_to_afternoons(office: Office, api: TestClient) -> None:
    enter(office, ANA, sessions=36)
    proof = token_of(office, api, ANA)
    made = booked(api, proof, count=15)
    path = f"/v1/courses/{made['course_id']}"
    wish = {"after": "2026-12-10", "earliest": "13:00", "latest": "17:00"}
    proposal = api.post(f"{path}:shift", json=wish | {"dry_run": True}, headers=proof).json()
    assert api.get(path, headers=proof).json()["sessions"] == made["sessions"]
    moved = api.post(f"{path}:shift", json=wish, headers=proof | key()).json()
    assert [one["slot_id"] for one in moved["moved"]] == [one["slot_id"] for one in proposal["moved"]]
    for before, after in zip(made["sessions"], moved["sessions"], strict=True):
        assert before["appointment_id"] == after["appointment_id"]
        assert before["start"][:10] == after["start"][:10]
        late = before["start"][:10] > "2026-12-10"
        assert (after["start"][11:13] >= "13") == late
        assert after["version"] == (2 if late else 1)
    other_days = {"after": "2026-12-10", "weekdays": ["mon", "tue"], "earliest": "09:00", "latest": "12:00"}
    spread = api.post(f"{path}:shift", json=other_days, headers=proof | key()).json()
    assert {day.weekday() for day in days(spread["sessions"]) if day > date(2026, 12, 10)} == {0, 1}


def test_a_missed_session_is_made_up_at_the_end_within_the_authorised_count(office: Office, api: TestClient) -> None:
    enter(office, ANA, sessions=10)
    proof = token_of(office, api, ANA)
    made = booked(api, proof, count=10)
    path = f"/v1/courses/{made['course_id']}"
    assert api.post(f"{path}:make_up", headers=proof | key()).json()["code"] == "authorisation_exceeded"
    missed = made["sessions"][3]["appointment_id"]
    assert api.post(f"/v1/appointments/{missed}:cancel", json={"reason": "ill"}, headers=proof).status_code == 200
    after = api.post(f"{path}:make_up", headers=proof | key()).json()
    assert after["added"][0]["start"] > made["sessions"][-1]["start"]
    assert after["added"][0]["start"][11:16] == made["sessions"][-1]["start"][11:16]
    live = [one for one in after["sessions"] if one["status"] == "booked"]
    assert len(live) == 10


def test_a_course_is_extended_and_one_session_moved(lite: Office, web: TestClient) -> None:
    enter(lite, ANA, sessions=20)
    proof = token_of(lite, web, ANA)
    made = booked(web, proof, count=10)
    path = f"/v1/courses/{made['course_id']}"
    assert web.post(f"{path}:make_up", headers=proof | key()).json()["code"] == "nothing_missed"
    more = web.post(f"{path}:extend", json={"count": 5}, headers=proof | key()).json()
    assert len(more["sessions"]) == 15
    over = web.post(f"{path}:extend", json={"count": 6}, headers=proof | key()).json()
    assert (over["code"], over["left"]) == ("authorisation_exceeded", 5)
    one = made["sessions"][0]
    move = f"/v1/appointments/{one['appointment_id']}:reschedule"
    same_day = one["slot_id"].replace("T09:00", "T15:00")
    assert web.post(move, json={"slot_id": same_day}, headers=proof | key()).json()["slot_id"] == same_day
    taken_day = made["sessions"][1]["slot_id"].replace("T09:00", "T15:00")
    clash = web.post(move, json={"slot_id": taken_day}, headers=proof | key()).json()
    assert clash["code"] == "patient_conflict"


def test_the_rest_is_called_off_but_not_what_is_too_close(lite: Office, web: TestClient, travel: Travel) -> None:
    enter(lite, ANA, sessions=36)
    proof = token_of(lite, web, ANA)
    made = booked(web, proof, count=8)
    travel("2026-12-03T07:30")
    proof = token_of(lite, web, ANA)
    after = web.post(f"/v1/courses/{made['course_id']}:cancel_rest", headers=proof | key()).json()
    assert [one["start"][:10] for one in after["kept"]] == ["2026-12-03"]
    assert after["called_off"] == 5
    again = web.post(f"/v1/courses/{made['course_id']}:cancel_rest", headers=proof | key()).json()
    assert again["called_off"] == 0


def test_several_sessions_a_day_only_where_the_protocol_says_so(lite: Office, web: TestClient) -> None:
    enter(lite, ANA, sessions=20, per_day=4, gap_minutes=60)
    proof = token_of(lite, web, ANA)
    proposal = plan(web, proof, count=20, per_week=20, earliest="07:00", latest="19:00").json()
    per_day = Counter(days(proposal["sessions"]))
    assert set(per_day.values()) == {4}
    starts = sorted(one["start"] for one in proposal["sessions"])
    ends = sorted(one["end"] for one in proposal["sessions"])
    for end, start in zip(ends, starts[1:], strict=False):
        assert end[:10] != start[:10] or end[11:13] < start[11:13]
    made = web.post("/v1/courses", json={"plan_id": proposal["plan_id"]}, headers=proof | key())
    assert made.status_code == 201
    fifth = proposal["sessions"][0]["slot_id"].split("T")[0] + "T17:00-06:00"
    assert web.post("/v1/appointments", json={"slot_id": fifth}, headers=proof | key()).json()["code"] in (
        "authorisation_exceeded",
        "patient_conflict",
    )


def test_a_strangers_course_is_nothing(lite: Office, web: TestClient) -> None:
    enter(lite, ANA, sessions=36)
    made = booked(web, token_of(lite, web, ANA), count=5)
    other = somebody()
    enter(lite, other, sessions=36)
    proof = token_of(lite, web, other)
    path = f"/v1/courses/{made['course_id']}"
    assert web.get(path, headers=proof).status_code == 404
    for verb, body in (
        ("cancel_rest", None),
        ("make_up", None),
        ("extend", {"count": 1}),
        ("shift", {"after": "2026-12-01"}),
    ):
        assert web.post(f"{path}:{verb}", json=body, headers=proof | key()).status_code == 404
    assert web.get("/v1/courses", headers=proof).json() == {"courses": []}


@pytest.mark.parametrize("verb", ["extend", "shift", "make_up", "cancel_rest"])
def test_every_change_of_a_course_needs_its_key(lite: Office, web: TestClient, verb: str) -> None:
    enter(lite, ANA, sessions=36)
    proof = token_of(lite, web, ANA)
    made = booked(web, proof, count=3)
    body = {"extend": {"count": 1}, "shift": {"after": "2026-11-30", "earliest": "13:00"}}.get(verb)
    answer = web.post(f"/v1/courses/{made['course_id']}:{verb}", json=body, headers=proof)
    assert answer.json()["code"] == "idempotency_key_required"
