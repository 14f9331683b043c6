"""What patients write about times, labelled by hand: every line of the lists in this folder is a claim."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.when import When, understand
from tests.when.notation import NOW, Case, cases, joined

HERE = Path(__file__).parent
LABELLED = [(c, "en") for c in cases(HERE / "english.txt")] + [(c, "es") for c in cases(HERE / "spanish.txt")]
NO_TIMES = [
    line for line in (HERE / "no_times.txt").read_text().splitlines() if line.strip() and not line.startswith("#")
]


@pytest.mark.parametrize(("case", "language"), LABELLED, ids=lambda x: x.text if isinstance(x, Case) else x)
def test_words_mean_these_windows(case: Case, language: str) -> None:
    found = understand(case.text, NOW, language)
    assert joined(found.windows) in [joined(reading) for reading in case.readings]
    if not case.readings[0]:
        assert found.asap is case.asap
    if case.old is not None:
        today = NOW.replace(hour=0)
        assert joined(found.old_windows, today) == joined(case.old, today)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("text", NO_TIMES)
def test_other_numbers_and_days_make_no_window(text: str, language: str) -> None:
    found = understand(text, NOW, language)
    assert found.windows == ()
    assert found.asap is False


def test_every_window_lies_between_now_and_the_horizon() -> None:
    for case, language in LABELLED:
        for first, last in understand(case.text, NOW, language).windows:
            if not first.startswith("T"):
                assert (
                    NOW.isoformat("T", "minutes")
                    <= first
                    < last
                    <= (NOW + timedelta(days=180)).isoformat("T", "minutes")
                )


def test_the_lists_are_large_enough_to_mean_something() -> None:
    assert len(LABELLED) >= 200
    assert len(NO_TIMES) >= 60


def test_an_answer_is_plain_json() -> None:
    found = understand("Move Tuesday 9am to next Friday", NOW).as_dict()
    assert found["windows"] == [["2026-12-04T00:00", "2026-12-05T00:00"]]
    assert found["old_windows"] == [["2026-11-24T09:00", "2026-11-24T09:01"]]
    assert set(found) == set(When().as_dict())
