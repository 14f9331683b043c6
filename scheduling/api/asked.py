"""What several routes read from a request: the office, the caller, headers, who shall be booked."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Header, Path, Request
from fastapi.concurrency import run_in_threadpool

from scheduling import identity, person, sentences
from scheduling.api.bodies import BookAsked
from scheduling.api.people_bodies import JoinAsked
from scheduling.appointment import Wanted
from scheduling.caller import STRANGER, Caller
from scheduling.office import Office


async def office_of(request: Request) -> Office:
    """The office this process serves."""
    office: Office = request.app.state.office
    return office


TheOffice = Annotated[Office, Depends(office_of)]
Key = Annotated[str | None, Header(alias="Idempotency-Key", description="One per operation of a turn; see the README.")]
Token = Annotated[str | None, Header(alias="Patient-Token", description="From /v1/patients:verify; lives ten minutes.")]
BookingToken = Annotated[str | None, Header(alias="Booking-Token", description="From the 201 of a booking.")]
IfMatch = Annotated[str | None, Header(alias="If-Match", description='The version as an ETag: "3".')]
InConversation = Annotated[
    str | None,
    Header(alias="Conversation", max_length=64, description="A token verified in another one does not count."),
]
AnyId = Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{1,64}$")]


async def caller_of(office: TheOffice, token: Token = None, conversation: InConversation = None) -> Caller:
    """Who is asking. A wrong or expired Patient-Token is nobody we know."""
    if token is None:
        return STRANGER
    return await run_in_threadpool(identity.caller, office, token, conversation)


TheCaller = Annotated[Caller, Depends(caller_of)]


def version_of(if_match: str | None, in_body: int | None) -> int | None:
    """The version a change expects, from If-Match or the body. Raises version_conflict for an unreadable ETag."""
    if if_match is None or if_match.strip() == "*":
        return in_body
    digits = if_match.strip().removeprefix("W/").strip('"')
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
        raise sentences.version_conflict()
    return int(digits)


def wanted(office: Office, asked: BookAsked | JoinAsked, hold_id: str | None, slot_id: str | None) -> Wanted:
    """What somebody asks to book, or to wait for. Raises invalid_patient."""
    who = asked.patient
    details = person.details(who.name, who.date_of_birth, who.phone, office.today()) if who else None
    sender = person.number(asked.sender_phone) if asked.sender_phone else None
    return Wanted(hold_id, slot_id, details, asked.conversation, asked.channel, asked.language, sender)


def content(body: Any) -> dict[str, Any]:
    """A body as plain values, for comparing requests."""
    result: dict[str, Any] = body.model_dump(mode="json")
    return result
