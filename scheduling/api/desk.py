"""For the gateway: messages due, calendar files, call-backs, alerts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response

from scheduling import calendar_file, frontdesk, outbox, person
from scheduling.api import people_bodies as bodies
from scheduling.api.asked import AnyId, Key, TheOffice, content
from scheduling.idempotency import Request

router = APIRouter(tags=["desk"])


@router.post("/messages:claim", response_model=bodies.Messages)
def claim(office: TheOffice, asked: bodies.ClaimAsked | None = None) -> dict[str, Any]:
    """Take messages that are due, under a lease; report each as sent or failed before the lease ends."""
    asked = asked or bodies.ClaimAsked()
    return {"messages": outbox.claim(office, asked.limit, asked.lease_seconds)}


@router.post("/messages/{message_id}:sent", response_model=bodies.MessageState)
def sent(office: TheOffice, message_id: AnyId, asked: bodies.SentAsked) -> dict[str, Any]:
    """The message went out; its text is forgotten."""
    outbox.sent(office, message_id, asked.lease)
    return {"status": "sent"}


@router.post("/messages/{message_id}:failed", response_model=bodies.MessageState)
def failed(office: TheOffice, message_id: AnyId, asked: bodies.FailedAsked) -> dict[str, Any]:
    """The message did not go out: `due` again later, or `failed` for good."""
    status = outbox.failed(office, message_id, asked.lease, asked.error, asked.retryable, asked.opted_out)
    return {"status": status}


@router.get(
    "/calendar/{signed}",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
)
def calendar(office: TheOffice, signed: Annotated[str, Path(max_length=200)]) -> Response:
    """The calendar file of a signed link. `link_expired` (410) for an old one, 404 for any other."""
    headers = {"Content-Disposition": 'attachment; filename="appointment.ics"', "Cache-Control": "no-store"}
    return Response(calendar_file.file(office, signed), media_type="text/calendar", headers=headers)


@router.post("/callbacks", response_model=bodies.CallbackBody, status_code=201)
def call_back(office: TheOffice, asked: bodies.CallbackAsked, key: Key = None) -> dict[str, Any]:
    """Somebody asks to be called; staff get a word."""
    details = person.caller_details(asked.name, asked.phone)
    return frontdesk.call_back(
        office,
        details,
        asked.reason,
        asked.best_time,
        asked.language,
        asked.conversation,
        Request(key, "callback", content(asked)),
    )


@router.post("/alerts", response_model=bodies.AlertBody, status_code=201)
def raise_alert(office: TheOffice, asked: bodies.AlertAsked, key: Key = None) -> dict[str, Any]:
    """Something staff must see."""
    return frontdesk.raise_alert(office, asked.kind, asked.subject, Request(key, "alert", content(asked)))


@router.get("/alerts", response_model=bodies.Alerts)
def list_alerts(
    office: TheOffice, status: Annotated[Literal["open", "acknowledged"] | None, Query()] = None
) -> dict[str, Any]:
    """Alerts, oldest first."""
    return {"alerts": frontdesk.alerts(office, status)}


@router.post("/alerts/{alert_id}:acknowledge", status_code=204)
def acknowledge(office: TheOffice, alert_id: AnyId) -> Response:
    """A person has seen it. Doing it twice is fine."""
    frontdesk.acknowledge(office, alert_id)
    return Response(status_code=204)
