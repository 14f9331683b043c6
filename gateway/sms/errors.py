"""Twilio's errors, each with what it means for us (research note sms.md, section 1.5). One retry policy for all."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Meaning(enum.Enum):
    """What to do about an error."""

    LATER = "wait and try again: it was never processed"
    UNKNOWN = "it may have gone out: look it up, then once more at most"
    ONCE_MORE = "it failed on its way: one more try"
    OPTED_OUT = "the person refused our texts"
    BAD_NUMBER = "this number can never get texts"
    CONFIGURATION = "the account is not set up for this: tell staff"
    OURS = "our mistake: tell staff"
    SLOW_DOWN = "too much at once: stop producing for a while"
    PERMANENT = "it will not be delivered"


CODES: dict[int, Meaning] = {
    20429: Meaning.LATER, 14107: Meaning.SLOW_DOWN,
    20003: Meaning.CONFIGURATION, 20404: Meaning.CONFIGURATION,
    21211: Meaning.BAD_NUMBER, 21614: Meaning.BAD_NUMBER, 21612: Meaning.BAD_NUMBER, 21408: Meaning.PERMANENT,
    21212: Meaning.CONFIGURATION, 21606: Meaning.CONFIGURATION, 21703: Meaning.CONFIGURATION,
    21704: Meaning.CONFIGURATION,
    21602: Meaning.OURS, 21603: Meaning.OURS, 21604: Meaning.OURS, 21617: Meaning.OURS,
    21610: Meaning.OPTED_OUT,
    21611: Meaning.SLOW_DOWN, 30001: Meaning.SLOW_DOWN, 30022: Meaning.SLOW_DOWN, 30023: Meaning.SLOW_DOWN,
    30025: Meaning.SLOW_DOWN,
    30003: Meaning.ONCE_MORE, 30008: Meaning.ONCE_MORE,
    30004: Meaning.PERMANENT, 30005: Meaning.BAD_NUMBER, 30006: Meaning.BAD_NUMBER, 30007: Meaning.PERMANENT,
    30024: Meaning.CONFIGURATION, 30032: Meaning.CONFIGURATION, 30034: Meaning.CONFIGURATION,
    30450: Meaning.PERMANENT, 30610: Meaning.PERMANENT, 30640: Meaning.PERMANENT,
}  # fmt: skip


def meaning(code: int | None, status: int | None = None) -> Meaning:
    """What an error means, by Twilio's code and the HTTP status; a new code is permanent unless the server failed."""
    if code in CODES:
        return CODES[code]
    if status == 429:
        return Meaning.LATER
    if status is None and code is None:
        return Meaning.UNKNOWN
    if status is not None and status >= 500:
        return Meaning.UNKNOWN
    if status in (401, 403):
        return Meaning.CONFIGURATION
    return Meaning.PERMANENT


class CarrierError(Exception):
    """A call failed. `code` is Twilio's, when it gave one. The message never contains the text or a number."""

    def __init__(self, meaning: Meaning, code: int | None, status: int | None) -> None:
        super().__init__(f"{meaning.name.lower()} (code {code}, status {status})")
        self.meaning, self.code, self.status = meaning, code, status


@dataclass(frozen=True)
class Taken:
    """What Twilio has of a text."""

    sid: str
    status: str
    error_code: int | None = None
