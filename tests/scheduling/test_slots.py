"""Which times are offered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clinic.config import Clinic, Location, Span
from scheduling import cell
from scheduling.office import Office
from scheduling.rota import Rota
from tests.scheduling.client import TestClient
from tests.scheduling.conftest import Travel, client_of, copied, open_office
from tests.scheduling.people import book, slots


def starts(found: list[dict[str, str]]) -> list[str]:
    return [slot["start"][:16] for slot in found]


def test_a_tuesday_afternoon_has_the_physicians_half_hours(web: TestClient) -> None:
    found = slots(web, window="2026-12-01T12:00/2026-12-01T17:00", location="north-loop")
    assert starts(found) == [f"2026-12-01T{h:02}:{m:02}" for h in range(12, 17) for m in (0, 30)][:-1]
    assert {slot["tz"] for slot in found} == {"America/Chicago"}
    assert found[0]["start"].endswith("-06:00")


def test_a_slot_ends_by_closing_and_by_the_physicians_hours(web: TestClient) -> None:
    found = slots(web, window="2026-12-04/2026-12-05", location="north-loop")
    assert starts(found)[-1] == "2026-12-04T14:00"


@pytest.mark.parametrize(
    ("window", "why"),
    [
        ("2026-11-26/2026-11-27", "closed"),  # Thanksgiving
        ("2026-12-24/2026-12-26", "closed"),  # a closure of clinic.yml, then Christmas
        ("2026-11-28/2026-11-30", "closed"),  # a weekend
        ("2026-11-20/2026-11-21", "past"),
        ("2026-11-25T09:00/2026-11-25T10:45", "too_soon"),
        ("2026-12-01T14:10/2026-12-01T14:11", "full"),  # open, but no visit starts then
        ("2026-12-01T20:10/2026-12-01T20:11", "closed"),
        ("2027-08-02/2027-08-03", "beyond_horizon"),
    ],
)
def test_an_empty_answer_says_why(web: TestClient, window: str, why: str) -> None:
    answer = web.get("/v1/slots", params={"service": "consultation", "window": window}).json()
    assert (answer["slots"], answer["empty_because"]) == ([], why)


def test_a_full_day_says_full(web: TestClient) -> None:
    window = "2026-12-01T09:00/2026-12-01T09:30"
    assert book(web, slots(web, window=window)[0]["slot_id"]).status_code == 201
    answer = web.get("/v1/slots", params={"service": "consultation", "window": window}).json()
    assert (answer["slots"], answer["empty_because"]) == ([], "full")


def test_an_observed_holiday_is_a_holiday(sample: Clinic) -> None:
    rota = Rota(sample)
    assert rota.day("north-loop", date(2027, 7, 5)).open == 0  # the 4th is a Sunday
    assert rota.day("north-loop", date(2027, 7, 6)).open


def test_several_windows_weekdays_and_parts_of_the_day_narrow_together(web: TestClient) -> None:
    found = web.get(
        "/v1/slots",
        params=[
            ("service", "consultation"),
            ("window", "2026-12-01/2026-12-04"),
            ("window", "2026-12-07/2026-12-12"),
            ("part_of_day", "morning"),
            ("weekday", "tue"),
            ("weekday", "wed"),
            ("limit", "100"),
        ],
    ).json()["slots"]
    days = {slot["start"][:10] for slot in found}
    assert days == {"2026-12-01", "2026-12-02", "2026-12-08", "2026-12-09"}
    assert all("09:00" <= slot["start"][11:16] < "12:00" for slot in found)


def test_a_time_of_any_day_is_a_window(web: TestClient) -> None:
    found = slots(web, window="T14:30/T14:31", limit=3)
    assert starts(found) == ["2026-11-25T14:30", "2026-11-27T14:00", "2026-11-30T14:30"][:1] + starts(found)[1:]
    assert {text[11:] for text in starts(found)} == {"14:30"}


def test_windows_with_an_offset_mean_that_instant(web: TestClient) -> None:
    utc = slots(web, window="2026-12-01T18:00Z/2026-12-01T19:00Z")
    plus = web.get("/v1/slots?service=consultation&window=2026-12-01T20:00%2B02:00/2026-12-01T21:00%2B02:00").json()
    unescaped = web.get("/v1/slots?service=consultation&window=2026-12-01T20:00+02:00/2026-12-01T21:00+02:00").json()
    assert starts(utc) == ["2026-12-01T12:00", "2026-12-01T12:30"]
    assert plus["slots"] == unescaped["slots"] == utc


def test_day_windows_may_end_at_24(web: TestClient) -> None:
    assert slots(web, window="2026-12-01T00:00/2026-12-01T24:00") == slots(web, window="2026-12-01/2026-12-02")


@pytest.mark.parametrize(
    "window",
    ["", "x", "2026-12-01", "2026-12-02/2026-12-01", "T9:00/T10:00", "T25:00/T26:00", "2026-12-01/T10:00", "/", "T10:00/T10:00",
     "2026-12-01T09:00Z/2026-12-01T10:00", "0001-01-01/9999-12-31", "2026-02-30/2026-03-01"],
)  # fmt: skip
def test_an_unreadable_window_is_a_problem(web: TestClient, window: str) -> None:
    answer = web.get("/v1/slots", params={"service": "consultation", "window": window})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_window")


def test_pages_follow_each_other_without_gap_or_repetition(web: TestClient) -> None:
    whole = slots(web, "follow-up", limit=200)
    paged: list[dict[str, str]] = []
    cursor = None
    while len(paged) < 200:
        query = {"service": "follow-up", "limit": 7} | ({"cursor": cursor} if cursor else {})
        answer = web.get("/v1/slots", params=query).json()
        paged += answer["slots"]
        cursor = answer["next_cursor"]
    assert paged[:200] == whole
    assert web.get("/v1/slots?service=follow-up&cursor=zzz").json()["code"] == "invalid_cursor"


def test_unknown_service_and_location_are_typed(web: TestClient) -> None:
    assert web.get("/v1/slots?service=massage").json()["code"] == "unknown_service"
    assert web.get("/v1/slots?service=consultation&location=moon").json()["code"] == "unknown_location"


def test_a_visit_needs_every_kind_of_resource_at_once(web: TestClient) -> None:
    """The one physician is at Lakeside on Thursdays only, so mapping is there on no other day."""
    found = slots(web, "mapping", location="lakeside", limit=100)
    assert {date.fromisoformat(slot["start"][:10]).weekday() for slot in found} == {3}


def test_clock_changes_keep_the_wall_time(sample: Clinic) -> None:
    place = replace(sample.locations[0], hours={"sun": (Span(0, 360),), "mon": (Span(540, 1020),)})
    rota = Rota(replace(sample, locations=(place,), closures=(), holidays_country=None))
    kind = replace(sample.visit_types[2], every_minutes=30)
    zone = ZoneInfo("America/Chicago")

    def walls(day: date) -> list[str]:
        this = rota.day("north-loop", day)
        return [
            f"{cell.moment(this.base + bit, zone):%H:%M}" for bit in cell.bits(rota.starts("north-loop", kind, day))
        ]

    spring = walls(date(2027, 3, 14))
    assert "02:00" not in spring
    assert "02:30" not in spring
    assert {"01:00", "03:00"} < set(spring)
    autumn = walls(date(2027, 11, 7))
    assert len(autumn) == len(set(autumn))
    before, after = date(2027, 3, 8), date(2027, 3, 15)
    assert walls(before) == walls(after)
    assert rota.day("north-loop", after).base - rota.day("north-loop", before).base == 7 * 288 - 12


def test_the_package_of_zone_rules_wins_over_the_systems(lite: Office) -> None:
    """Vancouver has no winter time any more since 2026; copies of the rules from before are wrong."""
    from zoneinfo import TZPATH

    assert TZPATH == ()
    assert datetime(2026, 12, 1, tzinfo=ZoneInfo("America/Vancouver")).utcoffset() == timedelta(hours=-7)


def test_locations_in_two_zones_each_keep_their_own(tmp_path: Path, sample: Clinic, sqlite_template: Path) -> None:
    far: Location = replace(sample.locations[1], timezone="America/New_York")
    clinic = replace(sample, locations=(sample.locations[0], far))
    with open_office(copied(sqlite_template, tmp_path), clinic) as office:
        found = slots(client_of(office), "consultation", window="2026-12-03T09:00/2026-12-03T10:00")
        assert found[0]["start"] == "2026-12-03T09:00:00-05:00"
        assert found[0]["tz"] == "America/New_York"


def test_buffers_keep_the_next_start_away(tmp_path: Path, sample: Clinic, sqlite_template: Path) -> None:
    kinds = (replace(sample.visit_types[0], buffer_minutes=15), *sample.visit_types[1:])
    with open_office(copied(sqlite_template, tmp_path), replace(sample, visit_types=kinds)) as office:
        api = client_of(office)
        assert book(api, "consultation~north-loop~2026-12-01T10:00-06:00").status_code == 201
        taken = set(starts(slots(api, window="2026-12-01T09:00/2026-12-01T12:00")))
        assert taken == {"2026-12-01T11:30"}


def test_the_notice_moves_with_the_clock(web: TestClient, travel: Travel) -> None:
    assert starts(slots(web, limit=1)) == ["2026-11-25T11:00"]
    travel("2026-11-25T15:30")
    assert starts(slots(web, limit=1)) == ["2026-11-27T09:00"]
