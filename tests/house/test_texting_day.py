"""A day of text messages with the real four processes and an injected clock: a talk, a booking, its reminder, an opt-out."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.gateway.fake_twilio import FakeTwilio
from tests.gateway.texter import OURS, SETTINGS, Texter
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]
ANN, STRANGER = "+16125550177", "+16125550178"


class Phone:
    """A texter who waits for each answer."""

    def __init__(self, stack: Stack, twilio: FakeTwilio, number: str) -> None:
        self._texter, self._twilio, self.number = Texter(stack.gateway, number), twilio, number
        self._texter.http.timeout = httpx.Timeout(60)
        self._doors = stack.folder / "gateway.db"

    def heard(self) -> list[str]:
        return self._twilio.bodies(self.number)

    def says(self, text: str, **more: str) -> str:
        """Send a text; the one that answers it."""
        before = len(self.heard())
        assert self._texter.text(text, **more).status_code == 204
        wait_for(lambda: len(self.heard()) > before, f"no answer to {text!r}")
        self.wait_for_quiet()
        return self.heard()[before]

    def says_unheard(self, text: str, **more: str) -> None:
        before = self.heard()
        assert self._texter.text(text, **more).status_code == 204
        self.wait_for_quiet()
        assert self.heard() == before

    def wait_for_quiet(self) -> None:
        """Return once every text that came is handled and every text that goes out is handed over."""
        wait_for(lambda: not self._open(), "texts stay unhandled")

    def _open(self) -> int:
        with contextlib.closing(sqlite3.connect(self._doors, timeout=60)) as database:
            (count,) = database.execute(
                "SELECT (SELECT count(*) FROM inbox WHERE done_at IS NULL)"
                " + (SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending'))"
            ).fetchone()
        return int(count)


def wait_for(there: Callable[[], Any], what: str, seconds: float = 180) -> None:
    until = time.monotonic() + seconds
    while not there() and time.monotonic() < until:
        time.sleep(0.1)
    assert there(), what


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    fake = FakeTwilio()
    fake.start()
    yield fake
    assert fake.violations == []
    fake.stop()


def test_a_day_of_text_messages(tmp_path: Path, twilio: FakeTwilio) -> None:
    settings = SETTINGS | {"TWILIO_API_URL": twilio.url}
    with Stack(tmp_path / "var", "2026-11-25T09:00", **settings) as stack:
        ann = Phone(stack, twilio, ANN)
        assert "Reply" in ann.says("hello") or len(ann.heard()[0]) > 20
        ann.says("does it hurt?")
        offered = ann.says("I'd like a consultation next week in the morning")
        assert re.search(r"^1 ", offered, re.MULTILINE), offered
        asked = ann.says("1")
        for answer in ("Ann Example", "05/14/1980"):
            asked = ann.says(answer)
        booked = ann.says("1") if re.search(r"^1 ", asked, re.MULTILINE) else asked
        assert re.search(r"booked", booked, re.IGNORECASE), ann.heard()
        # The confirmation of the scheduling service comes by itself.
        wait_for(lambda: any("you are booked for" in text for text in ann.heard()), "no confirmation")
        ann.wait_for_quiet()
        assert all(one["from"] == OURS for one in twilio.messages)
        # The reminders two days and one day before; the last is kept by its digit.
        month, day = re.search(
            r"(Nov|Dec) (\d+)", next(text for text in ann.heard() if "you are booked for" in text)
        ).groups()  # type: ignore[union-attr]
        visit = date(2026, 11 if month == "Nov" else 12, int(day))
        for reminders, days in ((1, 2), (2, 1)):
            eve = visit - timedelta(days)
            stack.set_clock(f"{eve}T17:05")
            wait_for(lambda: sum("Reply 1 to keep it" in text for text in ann.heard()) == reminders, "no reminder")  # noqa: B023
        ann.wait_for_quiet()
        assert "we expect you" in ann.says("1")
        # Night: an answer to who writes goes out; after STOP nothing does.
        stack.set_clock(f"{eve}T22:30")
        assert ann.says("where do I park?")
        stranger = Phone(stack, twilio, STRANGER)
        assert stranger.says("what time is my appointment?")
        assert not any(month in text and "AM" in text for text in stranger.heard())
        ann.says_unheard("STOP", OptOutType="STOP")
        ann.says_unheard("hello?")
        log = "".join(path.read_text(errors="replace") for path in (tmp_path / "var").glob("*.log"))
        assert ANN not in log
        assert "Ann Example" not in log
