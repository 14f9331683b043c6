"""How much of what was written from a blank sheet is understood: a figure over many lines, none of which was a model for a rule."""

from __future__ import annotations

from pathlib import Path

from bot.when import understand
from tests.when.notation import NOW, Case, cases, joined

FRESH = cases(Path(__file__).parent / "fresh.txt")
NO_TIMES = [case for case in FRESH if not case.readings[0] and not case.asap and case.old is None]
AT_LEAST = 0.97
AT_MOST_FALSE = 0.05


def right(case: Case) -> bool:
    """The same windows as one of the readings; without windows the same hurry; the appointment to move when it is labelled."""
    found = understand(case.text, NOW)
    if joined(found.windows) not in [joined(reading) for reading in case.readings]:
        return False
    return bool(case.readings[0]) or found.asap is case.asap


def test_nearly_all_windows_are_right():
    wrong = [case.text for case in FRESH if not right(case)]
    assert len(FRESH) >= 400
    assert 1 - len(wrong) / len(FRESH) >= AT_LEAST, "\n".join(wrong)


def test_the_appointment_to_move_is_told_from_the_wish():
    moves = [case for case in FRESH if case.old is not None]
    today = NOW.replace(hour=0)
    wrong = [m.text for m in moves if joined(understand(m.text, NOW).old_windows, today) != joined(m.old or (), today)]
    assert len(moves) >= 40
    assert 1 - len(wrong) / len(moves) >= 0.9, "\n".join(wrong)


def test_numbers_that_are_no_time_make_hardly_any_window():
    false = [case.text for case in NO_TIMES if not right(case)]
    assert len(NO_TIMES) >= 80
    assert len(false) / len(NO_TIMES) <= AT_MOST_FALSE, "\n".join(false)
