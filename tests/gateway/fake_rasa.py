"""A scripted stand-in for Rasa's private channel: a real HTTP server that can be slow, fail, hang, drop and repeat.

It keeps the channel's promise: a message id that was handled before is answered with the stored replies.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.gateway.fake_server import FakeServer

TOKEN = "bot-token-for-tests"
CRISIS = {
    "text": "If you are in danger, call 911. You can call or text 988 now.",
    "lang": "en",
    "alert": {"kind": "suicidal"},
}


class FakeRasa(FakeServer):
    """`plan` says what the next posts get: "ok", ("delay", s), ("status", n), "hang", "drop" (runs, never answers), "empty", "junk".

    While it is `silent`, no turn that has come begins; while it is `starting`, each gets 503.
    """

    def __init__(self) -> None:
        super().__init__()
        self.forget()

    def forget(self) -> None:
        """As if just made, on the same port: what was posted before is not answered, and leaves no trace."""
        self.silent = self.starting = False
        self._life = object()
        self.plan: deque[Any] = deque()
        self.posts: list[dict[str, Any]] = []
        self.ran: Counter[str] = Counter()
        self.order: list[str] = []
        self.safety_checks: list[str] = []
        self.script: dict[str, list[dict[str, Any]]] = {}
        self.delay = 0.0
        self._stored: dict[str, list[dict[str, Any]]] = {}
        self._busy: dict[str, asyncio.Lock] = {}

    def routes(self) -> list[Route]:
        return [
            Route("/webhooks/private/turn", self._turn, methods=["POST"]),
            Route("/webhooks/private/safety", self._safety, methods=["POST"]),
            Route("/webhooks/private/ready", self._ready),
        ]

    async def _turn(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({}, 401)
        body = await request.json()
        self.posts.append(body)
        if self.starting:
            return JSONResponse({"code": "not_ready"}, 503)
        life = self._life
        step = self.plan.popleft() if self.plan else "ok"
        if isinstance(step, tuple) and step[0] == "status":
            return JSONResponse({"code": "not_ready"}, step[1])
        if step == "hang":
            await asyncio.sleep(3600)
        lock = self._busy.setdefault(body["conversation"], asyncio.Lock())
        async with lock:
            if body["message_id"] not in self._stored:
                await asyncio.sleep(step[1] if isinstance(step, tuple) and step[0] == "delay" else self.delay)
                while self.silent and life is self._life:
                    await asyncio.sleep(0.02)
                if life is not self._life:
                    return JSONResponse({"code": "forgotten"}, 503)
                self.ran[body["message_id"]] += 1
                self.order.append(body.get("text") or body.get("payload"))
                self._stored[body["message_id"]] = self._answer(body)
        if step == "drop":
            await asyncio.sleep(3600)
        if step == "empty":
            return JSONResponse({"message_id": body["message_id"], "replies": []})
        if step == "junk":
            return Response("<html>no</html>")
        return JSONResponse({"message_id": body["message_id"], "replies": self._stored[body["message_id"]]})

    def _answer(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        said = body.get("text") or body.get("payload")
        return self.script.get(said, [{"text": f"You said: {said}", "lang": "en"}])

    async def _safety(self, request: Request) -> Response:
        text = (await request.json())["text"]
        self.safety_checks.append(text)
        if "kill myself" in text:
            return JSONResponse({"kind": "suicidal", "reply": CRISIS, "lang": "en"})
        return JSONResponse({"kind": None, "reply": None, "lang": "en"})

    async def _ready(self, _request: Request) -> Response:
        return JSONResponse({"ready": True, "model": "test"})
