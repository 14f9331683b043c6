"""The web chat API (architecture, section 5): sessions, messages, events."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timezone
from typing import Annotated, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from starlette.responses import StreamingResponse

from gateway import conversations, origin, runtime, streams
from gateway.conversations import Session, SessionRefused
from gateway.events import stamp
from gateway.hub import TooManyStreams
from gateway.limits import RateLimited
from gateway.message import Accepted, Incoming, MessageConflict
from gateway.problems import Problem
from gateway.rasa import RasaError
from gateway.runtime import Runtime, preferred_language
from gateway.text import LONGEST, clean, for_understanding

router = APIRouter(prefix="/chat")

LARGEST_BODY = 4096
LARGEST_READ = 65536  # beyond the 4 KB that are accepted, only to look for a cry for help
NO_STORE = {"Cache-Control": "no-store"}
LONGEST_WAIT = 25.0

Model = TypeVar("Model", bound=BaseModel)
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Message(BaseModel):
    """The body of POST /chat/messages: exactly one of `text` and `choice_id`."""

    model_config = ConfigDict(extra="forbid", strict=True)
    client_msg_id: Token
    text: str | None = None
    choice_id: Token | None = None


class Nothing(BaseModel):
    model_config = ConfigDict(extra="forbid")


@router.post("/session")
async def start_session(request: Request) -> Response:
    """201 {"token", "expires_at"}: `expires_at` is when the chat ends if nothing is said."""
    gateway = runtime.of(request)
    _same_origin(gateway, request)
    body = await _body(gateway, request)
    if body.strip():
        _json_only(gateway, request)
        _parse(gateway, request, Nothing, body)
    try:
        gateway.gates.sessions.take(gateway.address(request))
    except RateLimited as limited:
        raise _too_many(gateway, request, limited) from None
    lang = preferred_language(request)
    session = await gateway.database.write(lambda connection: conversations.start(connection, lang))
    expires = stamp(datetime.fromtimestamp(session.expires_at, timezone.utc))
    return JSONResponse({"token": session.token, "expires_at": expires}, 201, NO_STORE)


@router.post("/messages")
async def send_message(request: Request) -> Response:
    """202 {"seq", "duplicate"} once the message is committed; its answer comes as events."""
    gateway = runtime.of(request)
    _same_origin(gateway, request)
    _json_only(gateway, request)
    session = await _session(gateway, request)
    body = await _body(gateway, request)
    if len(body) > LARGEST_BODY:
        refusal = gateway.problem(request, 413, "too_long", session.lang)
        return await _unless_crisis(gateway, request, session, _lenient(body), refusal)
    message = _parse(gateway, request, Message, body)
    text = clean(message.text) if message.text is not None else None
    if (text is None) == (message.choice_id is None):
        raise gateway.problem(request, 422, "bad_request", session.lang)
    incoming = Incoming(session.conversation, message.client_msg_id, text, message.choice_id)
    if text is not None and not for_understanding(text):
        raise gateway.problem(request, 422, "empty", session.lang)
    if text is not None and len(text) > LONGEST:
        return await _unless_crisis(
            gateway, request, session, incoming, gateway.problem(request, 422, "too_long", session.lang)
        )
    try:
        gateway.gates.session.take(session.conversation)
        gateway.gates.address.take(gateway.address(request))
        gateway.gates.clinic.take("")
    except RateLimited as limited:
        return await _unless_crisis(
            gateway, request, session, incoming, _too_many(gateway, request, limited, session.lang)
        )
    try:
        accepted = await gateway.database.write(lambda connection: gateway.inbox.accept(connection, incoming))
    except MessageConflict:
        raise gateway.problem(request, 409, "message_conflict", session.lang) from None
    if accepted.turn:
        gateway.turns.run(accepted.turn)
    return _accepted(gateway, session, accepted)


@router.get("/events")
async def read_events(request: Request) -> Response:
    """The events after `Last-Event-ID` (or `?after=`): a stream when the client accepts one, else a long poll."""
    gateway = runtime.of(request)
    _same_origin(gateway, request)
    session = await _session(gateway, request)
    after = _number(gateway, request, request.headers.get("last-event-id") or request.query_params.get("after") or "0")
    address = gateway.address(request)
    if "text/event-stream" in request.headers.get("accept", ""):
        if gateway.hub.full(address):
            raise _too_many(gateway, request, RateLimited(10), session.lang)
        return StreamingResponse(
            streams.server_sent(
                gateway.database, gateway.hub, address, str(_token(request)), session.conversation, after
            ),
            media_type="text/event-stream",
            headers=NO_STORE | {"X-Accel-Buffering": "no"},
        )
    wait = min(float(_number(gateway, request, request.query_params.get("wait") or "0")), LONGEST_WAIT)
    try:
        with gateway.hub.listen(session.conversation, address) as bell:
            found = await streams.long_poll(gateway.database, bell, session.conversation, after, wait)
    except TooManyStreams:
        raise _too_many(gateway, request, RateLimited(10), session.lang) from None
    text = '{"events":[' + ",".join(event.body for event in found) + "]}"
    return Response(text, headers=NO_STORE, media_type="application/json")


@router.post("/stay")
async def stay(request: Request) -> Response:
    """204: the patient is still there, so the quiet minutes are counted anew (WCAG 2.2.1)."""
    gateway = runtime.of(request)
    _same_origin(gateway, request)
    _json_only(gateway, request)
    session = await _session(gateway, request)
    _parse(gateway, request, Nothing, await _body(gateway, request))
    await gateway.database.write(lambda connection: conversations.seen(connection, session.conversation))
    return Response(status_code=204, headers=NO_STORE)


@router.post("/end")
async def end_session(request: Request) -> Response:
    """204: the token is worth nothing any more."""
    gateway = runtime.of(request)
    _same_origin(gateway, request)
    session = await _session(gateway, request)
    await gateway.database.write(lambda connection: conversations.end(connection, session.conversation))
    gateway.hub.ring(session.conversation)
    return Response(status_code=204, headers=NO_STORE)


def _accepted(gateway: Runtime, session: Session, accepted: Accepted) -> Response:
    gateway.hub.ring(session.conversation)
    return JSONResponse({"seq": accepted.seq, "duplicate": accepted.duplicate}, 202, NO_STORE)


async def _unless_crisis(
    gateway: Runtime, request: Request, session: Session, incoming: Incoming | None, refusal: Problem
) -> Response:
    """Refuse, except when the message is a cry for help: then it is answered whatever the limits say."""
    if incoming is None or incoming.text is None:
        raise refusal
    try:
        gateway.gates.safety.take(gateway.address(request))
        verdict = await gateway.rasa.safety(for_understanding(incoming.text), "web", session.lang)
    except (RateLimited, RasaError):
        raise refusal from None
    if verdict.kind is None or verdict.reply is None:
        raise refusal
    kept = replace(incoming, conversation=session.conversation, text=incoming.text[:LONGEST])
    reply = verdict.reply
    try:
        accepted = await gateway.database.write(lambda c: gateway.inbox.accept_answered(c, kept, reply))
    except MessageConflict:
        raise gateway.problem(request, 409, "message_conflict", session.lang) from None
    return _accepted(gateway, session, accepted)


def _lenient(body: bytes) -> Incoming | None:
    """The text of an over-long body, if it has one."""
    try:
        message = Message.model_validate_json(body)
    except ValidationError:
        return None
    return Incoming("", message.client_msg_id, clean(message.text), None) if message.text else None


def _same_origin(gateway: Runtime, request: Request) -> None:
    try:
        origin.check(request, gateway.settings.public_url)
    except origin.ForeignOrigin:
        raise gateway.problem(request, 403, "foreign_origin") from None


def _json_only(gateway: Runtime, request: Request) -> None:
    # Any other type can be posted by a foreign page without asking first (a "simple" request).
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise gateway.problem(request, 415, "wrong_type")


def _token(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


async def _session(gateway: Runtime, request: Request) -> Session:
    token = _token(request)
    try:
        return await gateway.database.glance(lambda connection: conversations.find(connection, token))
    except SessionRefused as refused:
        raise gateway.problem(request, 401, refused.code, WWW_Authenticate="Bearer") from None


async def _body(gateway: Runtime, request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_READ:
            # Connection: close, so that the rest of a 2 MB body is not read either.
            raise gateway.problem(request, 413, "too_long", Connection="close")
    return body


def _parse(gateway: Runtime, request: Request, model: type[Model], body: bytes) -> Model:
    try:
        return model.model_validate_json(body)
    except ValidationError:
        raise gateway.problem(request, 422, "bad_request") from None


def _number(gateway: Runtime, request: Request, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise gateway.problem(request, 422, "bad_request")
    return int(text)


def _too_many(gateway: Runtime, request: Request, limited: RateLimited, lang: str | None = None) -> Problem:
    return gateway.problem(request, 429, "too_many", lang, Retry_After=str(limited.retry_after))
