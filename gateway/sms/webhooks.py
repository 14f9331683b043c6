"""Twilio's doors: texts that come in, and what became of texts that went out. Both answer 204 at once."""

from __future__ import annotations

import re

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.exc import IntegrityError

from gateway import runtime
from gateway.problems import Problem
from gateway.runtime import Runtime
from gateway.sms import signature
from gateway.sms.numbers import mask
from gateway.sms.receive import AGAIN, Received
from gateway.sms.service import Sms

router = APIRouter(prefix="/sms")
log = structlog.get_logger()

SID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}")
OURS = re.compile(r"[0-9a-f-]{32,36}")


@router.post("/inbound")
async def inbound(request: Request) -> Response:
    """204 once the text is committed; it is thought about afterwards. 403 for what Twilio did not sign."""
    gateway, sms, form = await _signed(request)
    text = Received.of(form)
    if not SID.fullmatch(text.sid):
        raise _forged(gateway, request)
    try:
        taken = await gateway.database.write(lambda connection: sms.desk.receive(connection, text), first=True)
    except IntegrityError:
        taken = AGAIN  # the same post arrived twice at the same moment
    log.info("text_received", sid=text.sid, sender=mask(text.theirs), kind=taken.kind)
    if taken.conversation is not None:
        gateway.turns.expect(taken.conversation, sms.settings.join_seconds)
    else:
        sms.courier.wake()  # it may have been answered at once: help, an opt-out, a picture
    return Response(status_code=204)


@router.post("/status")
async def status(request: Request) -> Response:
    """204, also for texts we know nothing of: Twilio cannot do anything about that."""
    gateway, sms, form = await _signed(request)
    ours, sid = request.query_params.get("m", ""), form.get("MessageSid", "")
    code = form.get("ErrorCode", "")
    if OURS.fullmatch(ours) and SID.fullmatch(sid):
        number = int(code) if code.isdigit() and len(code) < 9 else None
        state = form.get("MessageStatus", "")
        await gateway.database.write(
            lambda connection: sms.courier.reported(connection, ours, sid, state, number), first=True
        )
        log.info("text_status", text=ours, status=state[:24], code=number)
        sms.courier.wake()
    return Response(status_code=204)


async def _signed(request: Request) -> tuple[Runtime, Sms, dict[str, str]]:
    gateway = runtime.of(request)
    if gateway.sms is None:
        raise gateway.problem(request, 404, "not_found")
    try:
        form = await signature.form(request, gateway.sms.settings, gateway.settings.public_url)
    except signature.Forged as forged:
        log.warning("text_refused", reason=str(forged))
        raise _forged(gateway, request) from None
    return gateway, gateway.sms, form


def _forged(gateway: Runtime, request: Request) -> Problem:
    return gateway.problem(request, 403, "not_signed")
