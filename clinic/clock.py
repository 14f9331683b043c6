"""The one clock of every process.

`now()` is the present as an aware UTC datetime. For tests the clock can be set: `TEST_NOW=2026-11-25T09:00` is a clinic-local
time that then goes on at normal speed from the start of the process; `TEST_NOW_FILE` names a file with such a time, so that
several processes share one clock and a test can move it (the time counts from the file's modification). Both are
accepted only with `TEST_MODE=1`, which in turn is accepted only while the gateway listens on loopback.
"""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo, reset_tzpath

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class ClockError(ValueError):
    """The test clock is set where it must not be, or to something that is no time. The message is one line."""


class Clock:
    """A clock that may be shifted. `zone` is the clinic's IANA zone, in which a test time is written."""

    def __init__(self, zone: str, environ: dict[str, str] | None = None) -> None:
        env = dict(os.environ) if environ is None else environ
        self._zone = ZoneInfo(zone)
        text, path = env.get("TEST_NOW", ""), env.get("TEST_NOW_FILE", "")
        if (text or path) and env.get("TEST_MODE") != "1":
            raise ClockError("TEST_NOW is set without TEST_MODE=1: set TEST_MODE=1 for a test, or unset TEST_NOW")
        if env.get("TEST_MODE") == "1" and env.get("GATEWAY_HOST", "127.0.0.1") not in LOOPBACK:
            raise ClockError("TEST_MODE=1 is only for loopback: unset TEST_MODE or GATEWAY_HOST")
        self._path = Path(path) if path else None
        self._stamp = -1.0
        self._shift = timedelta(0)
        if text and not self._path:
            self._shift = self._parse(text) - datetime.now(timezone.utc)

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        if self._path is not None:
            self._follow(self._path)
        return datetime.now(timezone.utc) + self._shift

    def time(self) -> float:
        """The present in seconds since 1970, of the same clock."""
        return self.now().timestamp()

    def _follow(self, path: Path) -> None:
        try:
            stamp = path.stat().st_mtime
            text = path.read_text().strip() if stamp != self._stamp else ""
        except OSError as error:
            raise ClockError(f"TEST_NOW_FILE: {path} cannot be read") from error
        if text or self._stamp < 0:  # else nothing is new, or the file is just being written
            self._shift = self._parse(text) - datetime.fromtimestamp(stamp, timezone.utc)
            self._stamp = stamp

    def _parse(self, text: str) -> datetime:
        try:
            local = datetime.fromisoformat(text)
        except ValueError as error:
            raise ClockError(f"TEST_NOW is {text!r}: write it like 2026-11-25T09:00 (clinic time)") from error
        return (local if local.tzinfo else local.replace(tzinfo=self._zone)).astimezone(timezone.utc)


_clock: Clock | None = None


def start(zone: str) -> Clock:
    """Start the process's clock in the clinic's zone; call once at start-up. Raises ClockError.

    From here on zone rules come from the `tzdata` package, not from the operating system's copy, which lags behind.
    """
    global _clock
    reset_tzpath(to=[])
    ZoneInfo.clear_cache()
    _clock = Clock(zone)
    return _clock


def now() -> datetime:
    """The present, aware, in UTC. Before `start()` the clock is the machine's."""
    return _clock.now() if _clock else datetime.now(timezone.utc)


def timestamp() -> float:
    """The present in seconds since 1970."""
    return now().timestamp() if _clock else time.time()
