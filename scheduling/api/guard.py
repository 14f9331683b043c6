"""What stands before every request: the token, the size and kind of a body, and the access log.

Threats: a stranger on the machine or a mistake in a proxy reaching the port (the token, compared in constant time); bodies that
eat memory (64 kB); a browser's form or plain-text post that needs no preflight (415). The log has no query string, because a
query may hold anything.
"""

from __future__ import annotations

import hmac
import json
import secrets
import time
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scheduling.problem import Problem

MAX_BODY = 64 * 1024
OPEN_PATHS = ("/healthz", "/readyz", "/v1/openapi.json")

UNAUTHORISED = Problem("unauthorised", "The bearer token is missing or wrong.", "Falta el token o no es correcto.", 401)
TOO_LARGE = Problem("too_large", "The request is larger than 64 kB.", "La solicitud supera 64 kB.", 413)
NOT_JSON = Problem("not_json", "The request must be application/json.", "La solicitud debe ser application/json.", 415)


class Guard:
    """ASGI middleware; `tokens` is SCHEDULING_TOKEN, two values while it is changed."""

    def __init__(self, app: ASGIApp, tokens: tuple[str, ...]) -> None:
        self._app = app
        self._tokens = [token.encode() for token in tokens]
        self._log = structlog.get_logger()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status, request_id = time.perf_counter(), 500, secrets.token_hex(8)

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._answer(scope, receive, noted)
        finally:
            if scope["path"] not in OPEN_PATHS:
                milliseconds = round((time.perf_counter() - started) * 1000, 1)
                self._log.info(
                    "request",
                    request_id=request_id,
                    method=scope["method"],
                    path=scope["path"][:200],
                    status=status,
                    ms=milliseconds,
                )

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        if scope["path"] not in OPEN_PATHS and not self._knows(headers.get(b"authorization", b"")):
            await refuse(send, UNAUTHORISED, {"www-authenticate": "Bearer"})
            return
        body = await _body(receive, headers)
        if body is None:
            await refuse(send, TOO_LARGE, {"connection": "close"})
            return
        kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
        if body and kind != b"application/json":
            await refuse(send, NOT_JSON)
            return
        parts = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return parts.pop() if parts else await receive()

        await self._app(scope, again, send)

    def _knows(self, header: bytes) -> bool:
        scheme, _, token = header.partition(b" ")
        # All are compared, whatever the first says: which one fits is nobody's business.
        known = any([hmac.compare_digest(token.strip(), one) for one in self._tokens])
        return scheme.lower() == b"bearer" and known


async def refuse(send: Send, problem: Problem, headers: dict[str, str] | None = None) -> None:
    """Answer with problem+json before the application is reached."""
    body = json.dumps(problem.body()).encode()
    fields = {"content-type": "application/problem+json", "content-length": str(len(body))} | (headers or {})
    pairs = [(name.encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


async def _body(receive: Receive, headers: dict[bytes, bytes]) -> bytes | None:
    """The whole body, or None when it is larger than MAX_BODY, whatever its Content-Length says."""
    said = headers.get(b"content-length", b"0")
    if said.isdigit() and int(said) > MAX_BODY:
        return None
    parts: list[Any] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)
