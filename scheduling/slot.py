"""A slot: a start that a patient may choose. Its id names service, location and local start, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from scheduling import cell, sentences

_ID = re.compile(
    r"^([a-z][a-z0-9-]{0,31})~([a-z][a-z0-9-]{0,31})~(\d{4}-\d\d-\d\dT\d\d:\d\d)([+-]\d\d:\d\d|Z)$", re.ASCII
)


class Slot(NamedTuple):
    """`minutes` is the length a patient sees; `start` is the first cell; `tz` the location's IANA zone."""

    service: str
    location: str
    start: int
    minutes: int
    tz: str

    @property
    def slot_id(self) -> str:
        """`consultation~north-loop~2026-12-01T14:00-06:00`: opaque to callers, checked in full when it comes back."""
        return f"{self.service}~{self.location}~{self.local.isoformat(timespec='minutes')}"

    @property
    def local(self) -> datetime:
        """The start, aware, in the location's zone."""
        return cell.moment(self.start, ZoneInfo(self.tz))

    @property
    def end(self) -> int:
        """The cell after the visit (without buffer)."""
        return self.start + self.minutes // cell.MINUTES

    def body(self) -> dict[str, Any]:
        """The slot as the API tells it: local ISO times with offset."""
        return {
            "slot_id": self.slot_id,
            "service": self.service,
            "location": self.location,
            "start": self.local.isoformat(),
            "end": cell.moment(self.end, ZoneInfo(self.tz)).isoformat(),
            "tz": self.tz,
        }


@dataclass(frozen=True)
class Named:
    """The parts of a slot id as written, not yet checked against the clinic."""

    service: str
    location: str
    wall: datetime
    offset: timedelta


def parse(slot_id: str) -> Named:
    """Take a slot id apart. Raises `invalid_slot`."""
    match = _ID.match(slot_id)
    if not match:
        raise sentences.invalid_slot()
    service, location, wall, offset = match.groups()
    try:
        moment = datetime.fromisoformat(wall + offset.replace("Z", "+00:00"))
    except ValueError as error:
        raise sentences.invalid_slot() from error
    shift = moment.utcoffset()
    if shift is None or not 1971 <= moment.year <= 2500:
        raise sentences.invalid_slot()
    return Named(service, location, moment.replace(tzinfo=None), shift)
