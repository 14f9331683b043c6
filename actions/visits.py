"""What the scheduling service hands out, as typed values. Times are aware and in the location's zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo


def moment(text: str, tz: str | None = None) -> datetime:
    """An ISO time with offset as an aware datetime, in zone `tz` when given. ValueError when it has no offset."""
    value = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if value.tzinfo is None:
        raise ValueError("a time without an offset")
    return value.astimezone(ZoneInfo(tz)) if tz else value


@dataclass(frozen=True)
class Slot:
    """A free start. `start` and `end` are ISO times with offset, `tz` the location's IANA zone."""

    slot_id: str
    service: str
    location: str
    start: str
    end: str
    tz: str

    @property
    def begins(self) -> datetime:
        return moment(self.start, self.tz)

    @property
    def day(self) -> date:
        """The local day."""
        return self.begins.date()

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Slot:
        """From JSON; KeyError or ValueError when it is no slot."""
        slot = cls(*(str(data[name]) for name in ("slot_id", "service", "location", "start", "end", "tz")))
        moment(slot.start, slot.tz)
        return slot


class Found(NamedTuple):
    """Free slots, the cursor of those that follow, and, when there are none, why: past, too_soon, beyond_horizon, closed, full."""

    slots: list[Slot]
    cursor: str | None
    why_none: str | None

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Found:
        return cls([Slot.read(item) for item in data["slots"]], data.get("next_cursor"), data.get("empty_because"))


@dataclass(frozen=True)
class Hold:
    """A slot kept for one conversation until `expires_at` (ISO with offset)."""

    hold_id: str
    expires_at: str
    slot: Slot

    @property
    def ends(self) -> datetime:
        return moment(self.expires_at, self.slot.tz)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Hold:
        return cls(str(data["hold_id"]), str(data["expires_at"]), Slot.read(data))


@dataclass(frozen=True)
class Appointment:
    """A visit in the service's book. `status` is the service's own word: booked, confirmed, cancelled, …

    `texts`: whether its patient is sent text messages; None while nobody asked them.
    """

    appointment_id: str
    status: str
    version: int
    service: str
    location: str
    start: str
    end: str
    tz: str
    calendar_url: str | None = None
    booking_token: str | None = None
    texts: bool | None = None

    @property
    def begins(self) -> datetime:
        return moment(self.start, self.tz)

    @property
    def open(self) -> bool:
        """Whether it will take place."""
        return self.status in ("booked", "confirmed")

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Appointment:
        return cls(
            appointment_id=str(data["appointment_id"]),
            status=str(data["status"]),
            version=int(data.get("version", 1)),
            service=str(data["service"]),
            location=str(data["location"]),
            start=str(data["start"]),
            end=str(data["end"]),
            tz=str(data["tz"]),
            calendar_url=f"/calendar/{data['calendar']}" if data.get("calendar") else data.get("calendar_url"),
            booking_token=data.get("booking_token"),
            texts=data.get("texts"),
        )


@dataclass(frozen=True)
class Match:
    """An attempt to find out who somebody is. `verified` is {"token", "expires_at"} when a text's sender number proved it."""

    match_id: str
    verified: dict[str, str] | None = None

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Match:
        token = data.get("patient_token")
        proof = {"token": str(token), "expires_at": str(data["token_expires_at"])} if token else None
        return cls(str(data["match_id"]), proof)


@dataclass(frozen=True)
class Patient:
    """Who a visit is for: `date_of_birth` is YYYY-MM-DD, `phone` E.164."""

    name: str
    date_of_birth: str
    phone: str

    def as_json(self) -> dict[str, str]:
        return {"name": self.name, "date_of_birth": self.date_of_birth, "phone": self.phone}
