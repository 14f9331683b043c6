"""What one message says about time and person, side by side."""

from __future__ import annotations

import pytest

from bot.times import Recogniser
from clinic import clock
from clinic.config import load


@pytest.fixture
def recogniser(monkeypatch: pytest.MonkeyPatch) -> Recogniser:
    monkeypatch.setenv("TEST_MODE", "1")
    monkeypatch.setenv("TEST_NOW", "2026-11-25T09:00")
    monkeypatch.setattr(clock, "_clock", clock.Clock("America/Chicago"))
    return Recogniser(load())


def found(recogniser: Recogniser, text: str, expects: str | None = None) -> dict[str, object]:
    return {one["entity"]: one["value"] for one in recogniser.entities(text, expects, "en")}


def test_a_message_that_says_everything_loses_nothing(recogniser: Recogniser) -> None:
    said = found(recogniser, "Consult next Tue at 2, I'm Ann Lee, 612-555-0123, born 3/4/1980")
    assert said["visit_type"] == "consultation"
    assert said["phone"] == "+16125550123"
    assert said["date_of_birth"] == "1980-03-04"
    assert said["when"]["windows"] == [["2026-12-01T14:00", "2026-12-01T14:01"]]  # type: ignore[index]


@pytest.mark.parametrize(("text", "expects"), [("March 4, 1980", "date_of_birth"), ("i was born 3/4/80", "phone")])
def test_a_date_of_birth_alone_is_no_wish_for_a_time(recogniser: Recogniser, text: str, expects: str) -> None:
    said = found(recogniser, text, expects)
    assert said["date_of_birth"] == "1980-03-04"
    assert "when" not in said
