"""Holds and appointments over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from scheduling import appointment, hold, sentences
from scheduling.api import bodies
from scheduling.api.asked import AnyId, BookingToken, IfMatch, Key, TheCaller, TheOffice, content, version_of, wanted
from scheduling.appointment import Wanted
from scheduling.idempotency import Request

router = APIRouter(tags=["booking"])

State = Annotated[
    list[Annotated[str, Query(pattern="^(booked|confirmed|cancelled|completed|no_show)$")]] | None,
    Query(max_length=5),
]


@router.post("/holds", response_model=bodies.HoldBody, status_code=201)
def place_hold(office: TheOffice, caller: TheCaller, asked: bodies.HoldAsked) -> dict[str, Any]:
    """Hold a slot while the patient gives the details. A conversation has one hold: a new one replaces it."""
    return hold.body(hold.place(office, asked.slot_id, caller, asked.conversation, asked.channel))


@router.delete("/holds/{hold_id}", status_code=204)
def release_hold(office: TheOffice, hold_id: AnyId) -> Response:
    """Give a hold back. Doing it twice is fine. One that was booked meanwhile stays booked: `hold_used`."""
    hold.release(office, hold_id)
    return Response(status_code=204)


@router.post("/appointments", response_model=bodies.BookedBody, response_model_exclude_none=True, status_code=201)
def book(office: TheOffice, caller: TheCaller, asked: bodies.BookAsked, key: Key = None) -> dict[str, Any]:
    """Book from a hold or a slot. The same key and body again give the same answer and book nothing more."""
    _one_of(asked.hold_id, asked.slot_id)
    what = wanted(office, asked, asked.hold_id, asked.slot_id)
    return appointment.book(office, what, caller, Request(key, "book", content(asked)))


@router.get("/appointments", response_model=bodies.Appointments, response_model_exclude_none=True)
def list_appointments(
    office: TheOffice, caller: TheCaller, status: State = None, upcoming: bool = False
) -> dict[str, Any]:
    """A verified person's appointments, in order of time."""
    return {"appointments": [one.body() for one in appointment.list_mine(office, caller, status or (), upcoming)]}


@router.get("/appointments/{appointment_id}", response_model=bodies.ReadBody, response_model_exclude_none=True)
def read(
    office: TheOffice,
    caller: TheCaller,
    appointment_id: AnyId,
    booking_token: BookingToken = None,
    key: Key = None,
) -> dict[str, Any]:
    """One appointment: for its verified patient, or for whoever just booked it (Booking-Token, or the same key)."""
    return appointment.read(office, appointment_id, caller, booking_token, key)


@router.post(
    "/appointments/{appointment_id}:reschedule",
    response_model=bodies.MovedBody,
    response_model_exclude_none=True,
)
def reschedule(
    office: TheOffice,
    caller: TheCaller,
    appointment_id: AnyId,
    asked: bodies.MoveAsked,
    key: Key = None,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Move an appointment. It keeps its id; its old time is kept unless the new one was won."""
    _one_of(asked.hold_id, asked.slot_id)
    what = Wanted(asked.hold_id, asked.slot_id, None)
    request = Request(key, f"reschedule {appointment_id}", content(asked))
    version = version_of(if_match, asked.version)
    return appointment.reschedule(office, appointment_id, what, caller, version, request)


@router.post(
    "/appointments/{appointment_id}:cancel", response_model=bodies.AppointmentBody, response_model_exclude_none=True
)
def cancel(
    office: TheOffice,
    caller: TheCaller,
    appointment_id: AnyId,
    asked: bodies.CancelAsked | None = None,
    key: Key = None,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Call an appointment off. Doing it twice is fine."""
    asked = asked or bodies.CancelAsked()
    request = Request(key, f"cancel {appointment_id}", content(asked))
    version = version_of(if_match, asked.version)
    return appointment.cancel(office, appointment_id, caller, version, asked.reason, request)


@router.post(
    "/appointments/{appointment_id}:confirm", response_model=bodies.AppointmentBody, response_model_exclude_none=True
)
def confirm(
    office: TheOffice,
    caller: TheCaller,
    appointment_id: AnyId,
    asked: bodies.ConfirmAsked | None = None,
    key: Key = None,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """The patient will come. Doing it twice is fine."""
    asked = asked or bodies.ConfirmAsked()
    request = Request(key, f"confirm {appointment_id}", content(asked))
    return appointment.confirm(office, appointment_id, caller, version_of(if_match, asked.version), request)


def _one_of(hold_id: str | None, slot_id: str | None) -> None:
    if (hold_id is None) == (slot_id is None):
        raise sentences.invalid_request("Give either hold_id or slot_id.")
