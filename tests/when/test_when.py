"""The promises of `bot.when.understand` that no single phrase shows."""

from __future__ import annotations

import statistics
import time
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.when import understand
from tests.when.notation import NOW, cases
from tests.when.test_labelled_times import HERE

DAY = [("2026-11-24T00:00", "2026-11-25T00:00")]
PIECES = st.sampled_from(
    [
        "tomorrow",
        "monday",
        "tues",
        "next",
        "this",
        "last",
        "feb",
        "30",
        "31st",
        "the",
        "99",
        "2/30",
        "13/13/13",
        "at",
        "25:61",
        "pm",
        "noon",
        "except",
        "not",
        "between",
        "and",
        "to",
        "from",
        "until",
        "before",
        "after",
        "every",
        "weekday",
        "for",
        "6",
        "weeks",
        "0",
        "1e9",
        "mañana",
        "el",
        "lunes",
        "de",
        "la",
        "tarde",
        "move",
        "my",
        "appointment",
        "instead",
        "of",
        "of",
        "in",
        "week",
        "month",
        "year",
        "end",
        "mid",
        "christmas",
        "thanksgiving",
        "§",
        "\x00",
        "�",
        "🙂",
        "12:00",
        "-",
        "/",
        ",",
        ".",
        "?",
        "a",
        "an",
        "same",
        "time",
        "day",
        "one",
        "couple",
        "holidays",
        "spring",
    ]
)


@settings(max_examples=600)
@given(
    st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=14).map(" ".join)),
    st.sampled_from(["en", "es", "fr", ""]),
)
def test_no_text_raises(text: str, language: str) -> None:
    understand(text, NOW, language).as_dict()


@settings(max_examples=200)
@given(st.lists(PIECES, max_size=10).map(" ".join), st.datetimes(datetime(2024, 1, 1), datetime(2035, 1, 1)))
def test_no_moment_raises(text: str, now: datetime) -> None:
    understand(text, now)


def test_a_message_takes_a_few_milliseconds() -> None:
    texts = [case.text for case in cases(HERE / "english.txt")]
    understand("thanksgiving", NOW)  # the first named day starts Duckling
    spent = []
    for text in texts:
        start = time.thread_time()  # what it costs, whatever else the machine does
        understand(text, NOW)
        spent.append(time.thread_time() - start)
    assert statistics.median(spent) < 0.005


def test_a_pasted_page_takes_no_longer_than_a_message() -> None:
    start = time.thread_time()
    understand("tomorrow at 9 or the week of the 14th, not before 10 " * 400, NOW)
    assert time.thread_time() - start < 0.5


def test_now_may_be_aware_and_is_put_into_the_clinics_zone() -> None:
    late = datetime(2026, 11, 24, 3, tzinfo=timezone.utc)  # still Monday evening in Chicago
    assert list(understand("tomorrow", late, "en", "America/Chicago").windows) == DAY
    assert list(understand("tomorrow", NOW.replace(tzinfo=ZoneInfo("America/Chicago"))).windows) == DAY


@pytest.mark.parametrize(
    ("text", "now", "windows"),
    [
        # the clocks change on 2026-11-01 and 2027-03-14: days stay whole, times stay on the wall
        ("sunday", datetime(2026, 10, 30, 9), [("2026-11-01T00:00", "2026-11-02T00:00")]),
        ("sunday at 9", datetime(2027, 3, 12, 9), [("2027-03-14T09:00", "2027-03-14T09:01")]),
        ("next week", datetime(2027, 3, 12, 9), [("2027-03-15T00:00", "2027-03-22T00:00")]),
        # around midnight
        ("today", datetime(2026, 11, 23, 23, 59), [("2026-11-23T23:59", "2026-11-24T00:00")]),
        ("tomorrow", datetime(2026, 11, 23, 0, 0), DAY),
        # around the end of the year
        ("tomorrow", datetime(2026, 12, 31, 9), [("2027-01-01T00:00", "2027-01-02T00:00")]),
        ("jan 2", datetime(2026, 12, 31, 9), [("2027-01-02T00:00", "2027-01-03T00:00")]),
        ("next week", datetime(2026, 12, 30, 9), [("2027-01-04T00:00", "2027-01-11T00:00")]),
        ("this month", datetime(2026, 12, 31, 9), [("2026-12-31T09:00", "2027-01-01T00:00")]),
        ("next month", datetime(2027, 1, 31, 9), [("2027-02-01T00:00", "2027-03-01T00:00")]),
        ("feb 29", datetime(2027, 12, 1, 9), [("2028-02-29T00:00", "2028-03-01T00:00")]),
        # weekdays seen from other days than Monday
        ("tuesday", datetime(2026, 11, 24, 9), [("2026-12-01T00:00", "2026-12-02T00:00")]),
        ("this friday", datetime(2026, 11, 27, 9), [("2026-11-27T09:00", "2026-11-28T00:00")]),
        ("this weekend", datetime(2026, 11, 28, 9), [("2026-11-28T09:00", "2026-11-30T00:00")]),
        ("next monday", datetime(2026, 11, 29, 9), [("2026-11-30T00:00", "2026-12-01T00:00")]),
    ],
)
def test_the_calendar_holds(text: str, now: datetime, windows: list[tuple[str, str]]) -> None:
    assert list(understand(text, now).windows) == windows


def test_next_tuesday_on_a_monday_has_two_readings() -> None:
    found = understand("next Tuesday at 10", NOW)
    assert found.ambiguous == (
        (("2026-12-01T10:00", "2026-12-01T10:01"),),
        (("2026-11-24T10:00", "2026-11-24T10:01"),),
    )
    assert found.windows == found.ambiguous[0]


def test_a_weekday_that_disagrees_with_its_date_has_two_readings() -> None:
    found = understand("Tuesday, December 9", NOW)
    assert found.ambiguous is not None
    assert found.ambiguous[0] == (("2026-12-09T00:00", "2026-12-10T00:00"),)


def test_one_reading_is_not_ambiguous() -> None:
    assert understand("Tuesday, December 8", NOW).ambiguous is None
    assert understand("next Monday", NOW).ambiguous is None


@pytest.mark.parametrize("text", ["Feb 30", "2/30", "november 31st at 9", "el 30 de febrero"])
def test_a_day_that_does_not_exist_is_told(text: str) -> None:
    found = understand(text, NOW)
    assert found.windows == ()
    assert found.dates_impossible
    assert found.problem == "impossible"


def test_a_time_that_is_over_is_told() -> None:
    found = understand("today at 8:30 am", NOW)
    assert found.windows == ()
    assert found.problem == "past"
    assert understand("11/20 at 10", NOW).problem == "past"


def test_a_day_beyond_the_horizon_is_told() -> None:
    found = understand("August 3", NOW)
    assert found.windows == ()
    assert found.problem == "too_far"


@pytest.mark.parametrize(
    ("text", "series"),
    [
        ("Mon/Wed/Fri at 9 for 6 weeks", {"weekdays": ["mon", "wed", "fri"], "time": "09:00", "weeks": 6}),
        ("daily at 8:20 for six weeks", {"weekdays": ["mon", "tue", "wed", "thu", "fri"], "time": "08:20", "weeks": 6}),
        ("every Tuesday at noon", {"weekdays": ["tue"], "time": "12:00", "weeks": None}),
        (
            "every weekday at 10 for 7 weeks starting December 7",
            {"weekdays": ["mon", "tue", "wed", "thu", "fri"], "time": "10:00", "weeks": 7, "start": "2026-12-07"},
        ),
        ("tuesdays and thursdays at 4pm x 8 weeks", {"weekdays": ["tue", "thu"], "time": "16:00", "weeks": 8}),
        (
            "de lunes a viernes a las 9 por seis semanas",
            {"weekdays": ["mon", "tue", "wed", "thu", "fri"], "time": "09:00", "weeks": 6},
        ),
        ("todos los martes a las 3 por 8 semanas", {"weekdays": ["tue"], "time": "15:00", "weeks": 8}),
    ],
)
def test_a_series_is_one(text: str, series: dict[str, object]) -> None:
    assert understand(text, NOW).as_dict()["series"] == series


def test_a_wish_for_some_weeks_is_no_series() -> None:
    assert understand("I've been sad for 3 weeks, Tuesday at 9?", NOW).series is None
    assert understand("mondays at 4", NOW).series is None


def test_exact_says_that_a_minute_was_named() -> None:
    assert understand("tuesday at 9 or 10", NOW).exact is True
    assert understand("tuesday morning", NOW).exact is False
    assert understand("hello", NOW).exact is False


def test_nothing_said_is_falsy() -> None:
    assert not understand("what is TMS", NOW)
    assert understand("tomorrow", NOW)
    assert understand("asap", NOW)
