"""Duckling in the process: wall-clock times, both languages, and the inputs that would end the process."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from bot import duckling

NOW = datetime(2026, 11, 23, 9)


def first(text: str, language: str = "en", now: datetime = NOW) -> datetime:
    return duckling.wall_clock(duckling.parse(text, now, "America/Chicago", language)[0].value["value"])


def test_times_are_wall_clock_times_of_the_zone() -> None:
    assert first("tomorrow at 3pm") == datetime(2026, 11, 24, 15)
    assert first("tomorrow at 3pm", now=datetime(2026, 11, 24, 3, tzinfo=timezone.utc)) == datetime(2026, 11, 24, 15)


def test_days_stay_whole_when_the_clocks_change() -> None:
    assert first("tomorrow", now=datetime(2027, 3, 13, 9)) == datetime(2027, 3, 14)
    assert first("tomorrow", now=datetime(2026, 10, 31, 23)) == datetime(2026, 11, 1)


def test_spanish() -> None:
    assert first("pasado mañana", "es") == datetime(2026, 11, 25)


def test_other_dimensions_and_offsets() -> None:
    (found,) = duckling.parse("call 612-555-0123 now", NOW, dimensions=["phone-number"])
    assert (found.dim, found.start, found.end) == ("phone-number", 5, 17)


@pytest.mark.parametrize("text", ["", "   ", "\0", "tomorrow\0", "\ud800 tomorrow", "🙂" * 400, "mañana ñ", "9" * 500])
def test_no_text_ends_the_process(text: str) -> None:
    duckling.parse(text, NOW)
    duckling.parse(text, NOW, language="es", latent=True)


def test_an_unknown_language_counts_as_english() -> None:
    assert first("tomorrow", "xx") == datetime(2026, 11, 24)
