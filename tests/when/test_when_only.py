"""A wish for a time is no sign of danger by likeness alone; a word more, or the shape of despair, and it may be one again."""

from __future__ import annotations

import pytest

from bot.when_only import only_times


@pytest.mark.parametrize(
    "text",
    [
        "I'd like a Sunday in January",
        "January 9, but not in the morning please",
        "can't do March 3rd, what about the 5th?",
        "my session on Monday has to move, Tuesday after 2?",
        "i have the 12th 10am, any chance of the evening",
        "2pm or 3:30 on thurs",
    ],
)
def test_days_hours_and_appointment_words_are_only_times(text: str) -> None:
    assert only_times(text)


@pytest.mark.parametrize(
    "text",
    [
        "after Friday it won't matter",
        "I won't be here after Tuesday",
        "I don't want to see tomorrow",
        "there is no tomorrow for me",
        "I can't do this after Monday",
        "I can't make it to Friday",
        "I don't want to be there on Sunday",
        "Friday is my last day",
        "I have a plan for Thursday night",
        "goodbye on Friday",
        "I want it to end on Friday, it is my time",
        "friday",
        "",
    ],
)
def test_anything_more_is_not(text: str) -> None:
    assert not only_times(text)
