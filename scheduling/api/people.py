"""Who somebody is, what they wait for, and what they answer by text message."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from scheduling import identity, person, reply, texts, waiting
from scheduling.api import people_bodies as bodies
from scheduling.api.asked import AnyId, Key, TheCaller, TheOffice, content, wanted
from scheduling.idempotency import Request
from scheduling.timing import iso

router = APIRouter(tags=["people"])


@router.post("/patients:match", response_model=bodies.MatchBody)
def match(office: TheOffice, asked: bodies.MatchAsked) -> dict[str, Any]:
    """Find the person of these details. Tells nothing about them; nothing follows without a code."""
    details = person.details(asked.name, asked.date_of_birth, asked.phone, office.today())
    return identity.match(office, details, asked.conversation, asked.sender_phone).body()


@router.post("/patients:send_code", response_model=bodies.CodeSent, status_code=202)
def send_code(office: TheOffice, asked: bodies.CodeAsked) -> dict[str, Any]:
    """Send a one-time code to the contact on file, if there is one; the answer is the same if there is none."""
    return {"expires_at": iso(identity.send_code(office, asked.match_id, asked.language))}


@router.post("/patients:verify", response_model=bodies.Verified)
def verify(office: TheOffice, asked: bodies.VerifyAsked) -> dict[str, Any]:
    """The right code gives a Patient-Token for ten minutes."""
    token, until = identity.check_code(office, asked.match_id, asked.code)
    return {"patient_token": token, "expires_at": iso(until)}


@router.post("/waitlist", response_model=bodies.JoinedBody, status_code=201)
def join(office: TheOffice, caller: TheCaller, asked: bodies.JoinAsked, key: Key = None) -> dict[str, Any]:
    """Wait for a time that fits; offers come by text message."""
    wish = {"windows": asked.windows, "parts": list(asked.part_of_day), "weekdays": list(asked.weekdays)}
    request = Request(key, "waitlist", content(asked))
    return waiting.join(office, wanted(office, asked, None, None), asked.service, asked.location, wish, caller, request)


@router.get("/waitlist", response_model=bodies.WaitingList)
def list_waiting(office: TheOffice, caller: TheCaller) -> dict[str, Any]:
    """What a verified person waits for."""
    return {"waitlist": waiting.list_mine(office, caller)}


@router.post("/waitlist/{waiting_id}:leave", response_model=bodies.WaitingBody)
def leave(office: TheOffice, caller: TheCaller, waiting_id: AnyId) -> dict[str, Any]:
    """Wait no longer."""
    return waiting.leave(office, caller, waiting_id)


@router.post("/texts", response_model=bodies.TextsBody)
def may_text(office: TheOffice, asked: bodies.TextsAsked) -> dict[str, Any]:
    """What a visitor answered to whether they may be sent text messages. Saying it twice is fine."""
    texts.answered(office, asked.conversation, asked.phone, asked.wanted, asked.wording)
    return {"wanted": asked.wanted}


@router.post("/texts:resume", status_code=204)
def text_again(office: TheOffice, asked: bodies.ResumeAsked) -> Response:
    """START came from this number. Saying it twice is fine; a number that nobody has is fine, too."""
    texts.resumed(office, asked.phone)
    return Response(status_code=204)


@router.post("/replies", response_model=bodies.ReplyBody, response_model_exclude_none=True)
def reply_to(office: TheOffice, asked: bodies.ReplyAsked, key: Key = None) -> dict[str, Any]:
    """A reply by text message: it counts for what was sent to that number, and for nothing else."""
    if asked.answer == "confirm":
        return reply.confirm(office, asked.phone)
    return waiting.answer(office, asked.phone, asked.answer == "accept", Request(key, "reply", content(asked)))
