"""The waitlist: offers are held times; the first to say yes has it; nobody is pestered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from clinic.config import Clinic, Span
from scheduling import waiting
from scheduling.office import Office
from scheduling.sql.tables import patient
from tests.scheduling.client import TestClient
from tests.scheduling.conftest import Travel
from tests.scheduling.people import ANA, book, key, slots, somebody, token_of
from tests.scheduling.test_races import race

DAY = "2026-12-01/2026-12-02"


def fill(api: TestClient, window: str = DAY) -> list[dict[str, Any]]:
    """Book every consultation of a day; returns the appointments with who has them."""
    made = []
    while free := slots(api, limit=1, window=window):
        who = somebody()
        made.append(book(api, free[0]["slot_id"], who).json() | {"who": who})
    return made


def join(api: TestClient, who: dict[str, str], **more: Any) -> Any:
    body = {"service": "consultation", "windows": [DAY], "patient": who, "sender_phone": who["phone"]} | more
    return api.post("/v1/waitlist", json=body, headers=key())


def with_waitlist(office: Office, **rules: int) -> Office:
    """The same book under other rules for offers."""
    return replace(office, clinic=replace(office.clinic, waitlist=replace(office.clinic.waitlist, **rules)))


def free_one(office: Office, api: TestClient, made: dict[str, Any]) -> None:
    proof = token_of(office, api, made["who"])
    path = f"/v1/appointments/{made['appointment_id']}:cancel"
    assert api.post(path, json={}, headers=proof).status_code == 200


def reply(api: TestClient, who: dict[str, str], answer: str) -> dict[str, Any]:
    return dict(api.post("/v1/replies", json={"phone": who["phone"], "answer": answer}).json())


def offers(api: TestClient) -> list[dict[str, Any]]:
    messages = api.post("/v1/messages:claim", json={"limit": 100}).json()["messages"]
    return [one for one in messages if one["kind"].startswith("offer")]


def test_a_freed_time_is_offered_first_come_and_the_first_yes_books_it(office: Office, api: TestClient) -> None:
    made = fill(api)
    people = [somebody() for _ in range(4)]
    for who in people:
        assert join(api, who).status_code == 201
    assert waiting.look(office) == 0
    free_one(office, api, made[2])
    assert waiting.look(office) == 3
    sent = offers(api)
    assert len(sent) == 3
    assert all("Reply 1 within 30 min" in one["text"] for one in sent)
    assert slots(api, window=DAY) == []
    assert reply(api, people[3], "accept") == {"done": "nothing"}
    yes = reply(api, people[1], "accept")
    assert yes["done"] == "accepted"
    assert yes["appointment"]["slot_id"] == made[2]["slot_id"]
    assert reply(api, people[0], "accept") == {"done": "nothing"}
    told = offers(api)
    assert [one["kind"] for one in told] == ["offer_taken"] * 2
    assert "still on the waitlist" in told[0]["text"]


def test_the_same_yes_twice_is_the_same_booking(office: Office, api: TestClient) -> None:
    made = fill(api)
    who = somebody()
    join(api, who)
    free_one(office, api, made[0])
    assert waiting.look(office) == 1
    asked = {"phone": who["phone"], "answer": "accept"}
    first, again = (
        api.post("/v1/replies", json=asked, headers={"Idempotency-Key": "m1:reply:1"}).json() for _ in range(2)
    )
    assert first["done"] == "accepted"
    assert again == first
    assert reply(api, who, "accept") == {"done": "nothing"}


def test_everybody_says_yes_at_once_and_one_has_it(office: Office, api: TestClient) -> None:
    made = fill(api)
    people = [somebody() for _ in range(8)]
    for who in people:
        join(api, who)
    free_one(office, api, made[0])
    assert waiting.look(with_waitlist(office, group=8)) == 8
    said: list[str] = []
    race(8, lambda n: said.append(waiting.answer(office, people[n]["phone"], accept=True)["done"]))
    assert said.count("accepted") == 1
    assert set(said) <= {"accepted", "taken", "nothing"}


def test_the_next_round_asks_the_next_people_then_the_time_is_given_back(
    lite: Office, web: TestClient, travel: Travel
) -> None:
    made = fill(web)
    people = [somebody() for _ in range(3)]
    for who in people:
        join(web, who)
    free_one(lite, web, made[0])
    pairs = with_waitlist(lite, group=2)
    assert waiting.look(pairs) == 2
    travel("2026-11-25T09:20")
    assert waiting.look(pairs) == 1
    assert reply(web, people[0], "accept") == {"done": "nothing"}
    travel("2026-11-25T09:55")
    assert waiting.look(pairs) == 0
    assert [one["slot_id"] for one in slots(web, window=DAY)] == [made[0]["slot_id"]]


def test_no_offers_in_quiet_hours_or_shortly_before(lite: Office, web: TestClient, travel: Travel) -> None:
    who = somebody()
    join(web, who, windows=["2026-11-30T09:00/2026-11-30T10:30"])
    travel("2026-11-29T22:00")
    assert waiting.look(lite) == 0
    travel("2026-11-30T06:30")
    assert waiting.look(lite) == 0
    travel("2026-11-29T20:00")
    assert waiting.look(lite) == 1


def test_declining_waits_on_and_leaving_ends_it(lite: Office, web: TestClient) -> None:
    entry = join(web, ANA, windows=[DAY]).json()
    assert waiting.look(lite) == 1
    assert reply(web, ANA, "decline") == {"done": "declined"}
    assert waiting.look(lite) == 1, "another time, not the declined one"
    proof = token_of(lite, web, ANA)
    assert [one["status"] for one in web.get("/v1/waitlist", headers=proof).json()["waitlist"]] == ["offered"]
    path = f"/v1/waitlist/{entry['waiting_id']}:leave"
    assert web.post(path, headers=proof).json()["status"] == "left"
    assert web.post(path).json()["code"] == "not_verified"


def test_bad_wishes_are_refused(web: TestClient) -> None:
    assert join(web, ANA, windows=["soon"]).json()["code"] == "invalid_window"
    assert join(web, ANA, service="massage").json()["code"] == "unknown_service"
    assert join(web, ANA, service="follow-up").json()["code"] == "not_verified"
    assert join(web, ANA | {"date_of_birth": "2015-01-01"}).json()["code"] == "under_age"


def test_the_same_key_joins_once(lite: Office, web: TestClient) -> None:
    turn = key()
    body = {"service": "consultation", "windows": [DAY], "patient": ANA, "sender_phone": ANA["phone"]}
    first = web.post("/v1/waitlist", json=body, headers=turn).json()
    assert web.post("/v1/waitlist", json=body, headers=turn).json() == first
    assert len(lite.storage.read(lambda b: b.waitlist.in_line(10))) == 1


def test_the_clinic_says_how_offers_are_made(lite: Office, web: TestClient, travel: Travel) -> None:
    people = [somebody() for _ in range(3)]
    for who in people:
        join(web, who, windows=["2026-11-30T09:00/2026-11-30T10:30"])
    ours = with_waitlist(lite, group=1, minutes=90, stop_hours=110)
    travel("2026-11-25T20:00")
    assert waiting.look(ours) == 0, "109 hours before"
    ours = with_waitlist(lite, group=1, minutes=90, stop_hours=2)
    assert waiting.look(replace(ours, clinic=awake(ours, 9, 20))) == 0, "quiet hours begin at eight"
    assert waiting.look(ours) == 2, "one each: two visits fit into that time"
    assert {one["text"].split("within ")[1][:6] for one in offers(web)} == {"90 min"}


def awake(office: Office, first: int, last: int) -> Clinic:
    hours = Span(first * 60, last * 60)
    return replace(office.clinic, messages=replace(office.clinic.messages, awake=hours))


def test_who_books_a_time_that_they_waited_for_is_off_the_list_and_who_books_another_is_not(
    office: Office, api: TestClient
) -> None:
    early, late, neighbour = somebody(), somebody(), somebody()
    for who in (early, late, neighbour | {"phone": early["phone"], "date_of_birth": "1960-06-06"}):
        join(api, who)
    assert waiting.look(office) == 3
    assert book(api, "consultation~north-loop~2026-12-01T13:00-06:00", early).status_code == 201
    assert book(api, "consultation~north-loop~2026-12-04T09:00-06:00", late).status_code == 201
    entries = {one.id: one.status for one in office.storage.read(everybody)}
    assert sorted(entries.values()) == ["offered", "offered", "served"]
    assert reply(api, early, "decline") == {"done": "declined"}, "the one on the same phone, who still waits"
    assert reply(api, early, "accept") == {"done": "nothing"}
    assert reply(api, late, "accept")["done"] == "accepted"


def everybody(book_: Any) -> list[Any]:
    ids = [row.id for row in book_.session.execute(select(patient.c.id))]
    return list(book_.waitlist.of_patients(ids))
