"""The shapes that travel: requests refuse unknown fields; answers are described for the OpenAPI document."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Text = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
SlotId = Annotated[str, StringConstraints(max_length=120, pattern=r"^[ -~]+$")]
Conversation = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]
Phone = Annotated[str, StringConstraints(max_length=40)]
Channel = Literal["web", "sms"]
Language = Literal["en", "es"]
Reason = Literal["schedule", "ill", "travel", "cost", "better", "elsewhere", "other"]
"""Why a visit is called off. No free text: what patients write is not kept."""


class Asked(BaseModel):
    """A request: exactly these fields, of exactly these types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class PatientDetails(Asked):
    name: Annotated[str, StringConstraints(max_length=400)] = Field(examples=["Ana Sample"])
    date_of_birth: Annotated[str, StringConstraints(max_length=40)] = Field(examples=["1980-02-29"])
    phone: Annotated[str, StringConstraints(max_length=40)] = Field(examples=["612-555-0123"])


class HoldAsked(Asked):
    slot_id: SlotId
    conversation: Conversation | None = None
    channel: Channel = "web"


class BookAsked(Asked):
    """Exactly one of `hold_id` and `slot_id`. `patient` for a person who is not verified by a Patient-Token.

    `sender_phone`: the number an SMS came from, as the provider's signed webhook says. A visitor who is somewhere else is sent no
    text message before they agreed to (`/v1/texts`).
    """

    hold_id: Id | None = None
    slot_id: SlotId | None = None
    patient: PatientDetails | None = None
    conversation: Conversation | None = None
    channel: Channel = "web"
    language: Language = "en"
    sender_phone: Phone | None = None


class MoveAsked(Asked):
    """Exactly one of `hold_id` and `slot_id`."""

    hold_id: Id | None = None
    slot_id: SlotId | None = None
    version: int | None = Field(default=None, ge=1, le=2**31)


class CancelAsked(Asked):
    reason: Reason | None = None
    version: int | None = Field(default=None, ge=1, le=2**31)


class ConfirmAsked(Asked):
    version: int | None = Field(default=None, ge=1, le=2**31)


class SlotBody(BaseModel):
    slot_id: str
    service: str
    location: str
    start: datetime
    end: datetime
    tz: str


class Slots(BaseModel):
    """`empty_because` says why there is nothing: past, too_soon, beyond_horizon, closed or full."""

    slots: list[SlotBody]
    next_cursor: str | None
    empty_because: Literal["past", "too_soon", "beyond_horizon", "closed", "full"] | None = None


class HoldBody(SlotBody):
    hold_id: str
    expires_at: datetime


class AppointmentBody(SlotBody):
    appointment_id: str
    status: Literal["booked", "confirmed", "cancelled", "completed", "no_show"]
    version: int
    course_id: str | None = None


class ReadBody(AppointmentBody):
    """`texts`: whether whoever it is for is sent text messages; left out while they were not asked (`/v1/texts`)."""

    texts: bool | None = None


class BookedBody(ReadBody):
    """`booking_token` reads the appointment back for an hour (header Booking-Token); `calendar` is the signed part of `/calendar/{signed}`."""

    booking_token: str
    calendar: str


class MovedBody(AppointmentBody):
    """`calendar` is the signed part of `/calendar/{signed}`."""

    calendar: str


class Appointments(BaseModel):
    appointments: list[AppointmentBody]


class Service(BaseModel):
    service: str
    name: str
    names: dict[str, str]
    minutes: int
    self_book: Literal["anyone", "verified", "staff"]
    course: bool


class Services(BaseModel):
    services: list[Service]


class Location(BaseModel):
    location: str
    name: str
    address: str
    tz: str
    phone: str


class Locations(BaseModel):
    locations: list[Location]


class CapabilitiesBody(BaseModel):
    """`booking_mode`: say `booked` when it is `instant`, `requested` when it is `request`."""

    engine: str
    booking_mode: Literal["instant", "request"]
    holds: bool
    atomic_reschedule: bool
    atomic_courses: bool
    waitlist: bool
    patient_create: bool
    cancel_reasons: list[str]
    horizon_days: int
    notice_minutes: int
    change_cutoff_hours: int
    hold_minutes: dict[str, int]
    minimum_age: int
    today: date


class ProblemBody(BaseModel):
    """RFC 9457. `detail` is a sentence that a patient can read; `code` is for programs."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    retryable: bool
    alternatives: list[SlotBody] | None = None
    field: str | None = None
