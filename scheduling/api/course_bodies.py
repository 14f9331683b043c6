"""Shapes about courses."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from scheduling.api.bodies import AppointmentBody, Asked, SlotBody

Slug = Annotated[str, StringConstraints(max_length=32, pattern=r"^[a-z][a-z0-9_-]*$")]
DateText = Annotated[str, StringConstraints(max_length=10, pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
TimeText = Annotated[str, StringConstraints(max_length=5, pattern=r"^([01][0-9]|2[0-3]):[0-5][05]$|^24:00$")]
Weekdays = Annotated[list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]], Field(max_length=7)]


class Away(Asked):
    """Local dates, both included."""

    first: DateText
    last: DateText


class PlanAsked(Asked):
    """`earliest` and `latest`: between these local times a session begins and ends. Weekdays: none named, any."""

    service: Slug
    location: Slug
    count: int = Field(ge=1, le=120)
    per_week: int = Field(default=5, ge=1, le=35)
    start: DateText
    weekdays: Weekdays = Field(default=[])
    earliest: TimeText = "00:00"
    latest: TimeText = "24:00"
    away: Annotated[list[Away], Field(max_length=20)] = Field(default=[])
    max_gap_days: int | None = Field(default=None, ge=1, le=180)


class Skipped(BaseModel):
    date: date
    reason: Literal["closed", "full", "away", "own_visit"]


class PlanBody(BaseModel):
    """`same_resources`: how many sessions have the same chair and operator. `plan_id` is good for half an hour."""

    plan_id: str
    service: str
    location: str
    sessions: list[SlotBody]
    skipped: list[Skipped]
    first_day: date
    last_day: date
    longest_gap_days: int
    same_resources: int


class BookCourseAsked(Asked):
    plan_id: Annotated[str, StringConstraints(max_length=8000, pattern=r"^[A-Za-z0-9_=.-]+$")]


class ExtendAsked(Asked):
    count: int = Field(ge=1, le=60)


class ShiftAsked(Asked):
    """Sessions after the local date `after`, up to and with `until`. Without weekdays each stays on its day."""

    after: DateText
    until: DateText | None = None
    earliest: TimeText = "00:00"
    latest: TimeText = "24:00"
    weekdays: Weekdays = Field(default=[])
    dry_run: bool = False


class CourseBody(BaseModel):
    """`calendar` is the signed part of `/calendar/{signed}`."""

    course_id: str
    status: Literal["open", "ended"]
    version: int
    service: str
    location: str
    sessions: list[AppointmentBody]
    calendar: str
    added: list[AppointmentBody] | None = None
    moved: list[AppointmentBody] | None = None
    kept: list[AppointmentBody] | None = None
    called_off: int | None = None


class Courses(BaseModel):
    courses: list[CourseBody]
