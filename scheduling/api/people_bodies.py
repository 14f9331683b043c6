"""Shapes about people: identity, waitlist, replies, call-backs, alerts, messages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from scheduling.api.bodies import (
    AppointmentBody,
    Asked,
    Channel,
    Conversation,
    Id,
    Language,
    PatientDetails,
    Phone,
)

WindowText = Annotated[str, StringConstraints(max_length=80)]
Slug = Annotated[str, StringConstraints(max_length=32, pattern=r"^[a-z][a-z0-9_-]*$")]


class MatchAsked(PatientDetails):
    """`sender_phone`: the number an SMS came from, as the provider's signed webhook says; never one that was typed."""

    conversation: Conversation | None = None
    sender_phone: Phone | None = None


class MatchBody(BaseModel):
    """`outcome` must not show in what the patient is told: `none` gets the same words as `exact`."""

    match_id: str
    outcome: Literal["exact", "none", "ambiguous"]
    expires_at: datetime
    patient_token: str | None
    token_expires_at: datetime | None


class CodeAsked(Asked):
    match_id: Id
    language: Language = "en"


class CodeSent(BaseModel):
    expires_at: datetime


class VerifyAsked(Asked):
    match_id: Id
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]


class Verified(BaseModel):
    """Bring `patient_token` in the header Patient-Token."""

    patient_token: str
    expires_at: datetime


class JoinAsked(Asked):
    service: Slug
    location: Slug | None = None
    windows: list[WindowText] = Field(default=[], max_length=40)
    part_of_day: list[Literal["morning", "afternoon", "evening"]] = Field(default=[], max_length=3)
    weekdays: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = Field(default=[], max_length=7)
    patient: PatientDetails | None = None
    conversation: Conversation | None = None
    channel: Channel = "web"
    language: Language = "en"
    sender_phone: Phone | None = None


class WaitingBody(BaseModel):
    waiting_id: str
    status: Literal["waiting", "offered", "served", "left"]
    service: str
    location: str | None
    windows: list[str]


class JoinedBody(WaitingBody):
    """`texts`: whether offers can be sent to them; null while they were not asked (`/v1/texts`)."""

    texts: bool | None


class WaitingList(BaseModel):
    waitlist: list[WaitingBody]


class ReplyAsked(Asked):
    """`phone`: the number the message came from, as the provider's signed webhook says."""

    phone: Phone
    answer: Literal["confirm", "accept", "decline"]


class ReplyBody(BaseModel):
    done: Literal["confirmed", "accepted", "declined", "taken", "nothing", "ambiguous"]
    appointment: AppointmentBody | None = None


class TextsAsked(Asked):
    """`phone`: as it was given in this conversation. `wording`: the version of the words that asked."""

    conversation: Conversation
    phone: Phone
    wanted: bool
    wording: Annotated[str, StringConstraints(pattern=r"^[0-9a-z-]{1,24}$")]


class TextsBody(BaseModel):
    wanted: bool


class ResumeAsked(Asked):
    """`phone`: the number that START came from, as the provider's signed webhook says."""

    phone: Phone


class CallbackAsked(Asked):
    name: Annotated[str, StringConstraints(max_length=400)]
    phone: Phone
    reason: Literal["booking", "change", "billing", "insurance", "clinical", "other"] = "other"
    best_time: Literal["morning", "afternoon", "evening", "any"] | None = None
    conversation: Conversation | None = None
    language: Language = "en"


class CallbackBody(BaseModel):
    callback_id: str
    status: Literal["open", "called", "closed"]


class AlertAsked(Asked):
    """`subject`: an id only, such as the conversation's."""

    kind: Slug
    subject: Conversation | None = None


class AlertBody(BaseModel):
    alert_id: str
    kind: str
    subject: str | None
    status: Literal["open", "acknowledged"]
    created_at: datetime


class Alerts(BaseModel):
    alerts: list[AlertBody]


class ClaimAsked(Asked):
    limit: int = Field(default=20, ge=1, le=100)
    lease_seconds: int = Field(default=60, ge=5, le=3600)


class ConsentBody(BaseModel):
    """`method`: on_file (the clinic's papers), by_text (they wrote from this number), in_chat (they were asked, in this `wording`)."""

    method: Literal["on_file", "by_text", "in_chat"]
    wording: str | None
    at: datetime


class MessageBody(BaseModel):
    """`consent`: how whoever gets it agreed to texts; null for staff, and for codes, which are asked for one by one."""

    message_id: str
    kind: str
    audience: Literal["patient", "staff"]
    to: str | None
    language: str
    text: str | None
    lease: str
    lease_until: datetime
    useless_after: datetime
    attempt: int
    appointment_id: str | None
    consent: ConsentBody | None


class Messages(BaseModel):
    messages: list[MessageBody]


class SentAsked(Asked):
    lease: Id


class FailedAsked(Asked):
    """`error`: a provider's code or a few words of our own, never its text; the first 64 characters are kept. `opted_out`: the number refuses our messages (Twilio 21610)."""

    lease: Id
    error: Annotated[str, StringConstraints(max_length=400, pattern=r"^[ -~]*$")] = ""
    retryable: bool = True
    opted_out: bool = False


class MessageState(BaseModel):
    status: Literal["due", "sent", "failed", "claimed", "called_off", "expired", "void"]
