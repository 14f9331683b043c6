"""A course of sessions as the service plans and keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.visits import Appointment, Slot


@dataclass(frozen=True)
class Plan:
    """A proposal without conflicts, good for half an hour. `skipped` are (ISO date, reason) of days passed over."""

    plan_id: str
    sessions: list[Slot]
    skipped: list[tuple[str, str]]

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Plan:
        return cls(
            str(data["plan_id"]),
            [Slot.read(item) for item in data["sessions"]],
            [(str(item["date"]), str(item["reason"])) for item in data["skipped"]],
        )


@dataclass(frozen=True)
class Course:
    """A booked course. `changed` are the sessions that the last change added or moved; `calendar` the signed part of its link."""

    course_id: str
    status: str
    location: str
    sessions: list[Appointment]
    calendar: str
    changed: list[Appointment]
    called_off: int = 0

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Course:
        changed = data.get("added") or data.get("moved") or []
        return cls(
            str(data["course_id"]),
            str(data["status"]),
            str(data["location"]),
            [Appointment.read(item) for item in data["sessions"]],
            str(data.get("calendar") or ""),
            [Appointment.read(item) for item in changed],
            int(data.get("called_off") or 0),
        )

    @property
    def upcoming(self) -> list[Appointment]:
        """Sessions that will take place."""
        return [one for one in self.sessions if one.status in ("booked", "confirmed")]
