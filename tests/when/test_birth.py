"""Dates of birth as patients write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.when import date_of_birth

TODAY = date(2026, 11, 23)
MARCH = date(1980, 3, 4)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "3/4/1980",
            "03/04/1980",
            "3-4-1980",
            "3.4.1980",
            "3/4/80",
            "03-04-80",
            "3 4 1980",
            "1980-03-04",
            "1980/3/4",
            "03041980",
        ),
        *(
            "19800304",
            "030480",
            "March 4 1980",
            "march 4, 1980",
            "March 4th, 1980",
            "4 March 1980",
            "the 4th of March 1980",
        ),
        *(
            "4-Mar-1980",
            "Mar. 4, 1980",
            "mar 4 80",
            "my dob is 3/4/1980 thanks",
            "born March 4, 1980, phone 612-555-0123",
        ),
        *(
            "I'm Ann Lee, 612-555-0123, born 3/4/1980",
            "march fourth nineteen eighty",
            "Febuary 30 or rather March 4 1980",
        ),
    ],
)
def test_many_ways_to_write_one_day(text: str) -> None:
    assert date_of_birth(text, "en", TODAY) == MARCH


@pytest.mark.parametrize(
    "text",
    [
        "4 de marzo de 1980",
        "el 4 de marzo del 1980",
        "nací el 4 de marzo de 1980",
        "3/4/1980",
        "cuatro de marzo de 1980",
    ],
)
def test_spanish(text: str) -> None:
    assert date_of_birth(text, "es", TODAY) == MARCH


def test_figures_are_month_first_unless_only_day_first_is_a_date() -> None:
    assert date_of_birth("14/3/1961", "es", TODAY) == date(1961, 3, 14)
    assert date_of_birth("3/14/1961", "es", TODAY) == date(1961, 3, 14)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "my birthday",
        "March 4",
        "3/4",
        "13/13/1980",
        "2/30/1980",
        "February 30 1980",
        "tomorrow",
        "11/24/2026",
        "12/1/2030",
        "1/1/1899",
        "612-555-0123",
        "46",
    ],
)
def test_what_is_no_date_of_birth(text: str) -> None:
    assert date_of_birth(text, "en", TODAY) is None


def test_a_child_and_a_very_old_patient() -> None:
    assert date_of_birth("5/6/15", "en", TODAY) == date(2015, 5, 6)
    assert date_of_birth("5/6/1921", "en", TODAY) == date(1921, 5, 6)


@given(st.text(max_size=80), st.sampled_from(["en", "es"]))
def test_no_text_raises(text: str, language: str) -> None:
    found = date_of_birth(text, language, TODAY)
    assert found is None or found <= TODAY


@given(st.dates(date(1910, 1, 1), TODAY))
def test_every_day_is_read_back(day: date) -> None:
    for text in (
        f"{day.month}/{day.day}/{day.year}",
        day.isoformat(),
        day.strftime("%B %d, %Y"),
        day.strftime("%m%d%Y"),
    ):
        assert date_of_birth(text, "en", TODAY) == day
