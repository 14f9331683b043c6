"""A scripted stand-in for the scheduling service's desk: messages due, reports, calendar files; and a webhook that listens."""

from __future__ import annotations

import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.gateway.fake_server import FakeServer
from tests.gateway.front_door import PATIENCE, wait_for

LEASE_SECONDS = 30.0
"""After so long without a report a message is handed out again: the answer that brought it may have been lost."""


class FakeScheduling(FakeServer):
    def __init__(self) -> None:
        super().__init__()
        self._due: dict[str, dict[str, Any]] = {}
        self._leased: dict[str, float] = {}
        self.reports: dict[str, tuple[str, dict[str, Any]]] = {}
        self.pages: list[tuple[dict[str, str], bytes]] = []
        self.webhook_status = 200
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.calls_status = 201
        self.replies: list[tuple[str, str, str]] = []
        self.says: dict[str, dict[str, Any]] = {}
        self.resumed: list[str] = []
        self.resume_status = 204

    def routes(self) -> list[Route]:
        return [
            Route("/v1/messages:claim", self._claim, methods=["POST"]),
            Route("/v1/messages/{rest}", self._report, methods=["POST"]),
            Route("/v1/replies", self._reply, methods=["POST"]),
            Route("/v1/texts:resume", self._resume, methods=["POST"]),
            Route("/v1/calendar/{signed}", self._calendar),
            Route("/v1/callbacks", self._call_back, methods=["POST"]),
            Route("/readyz", lambda _request: JSONResponse({})),
            Route("/pager", self._page, methods=["POST"]),
        ]

    def add(self, number: int, **more: Any) -> str:
        message_id = f"{number:032x}"
        self._due[message_id] = (
            {
                "message_id": message_id, "kind": "confirmation", "audience": "patient", "to": "+16125550170",
                "language": "en", "text": "North Loop Clinic: you are booked.", "lease": f"lease{number}",
                "lease_until": "2030-01-01T00:00:00Z", "useless_after": "2030-01-01T00:00:00Z", "attempt": 1,
                "appointment_id": None,
                "consent": {"method": "in_chat", "wording": "web-1", "at": "2026-11-20T15:00:00Z"},
            } | more
        )  # fmt: skip
        return message_id

    def wait_for_report(self, message_id: str) -> tuple[str, dict[str, Any]]:
        wait_for(lambda: message_id in self.reports, 2 * PATIENCE)
        return self.reports[message_id]

    async def _claim(self, request: Request) -> Response:
        if request.headers.get("authorization") != "Bearer scheduling-token-for-tests":
            return JSONResponse({}, 401)
        now = time.monotonic()
        found = [one for one in list(self._due) if self._leased.get(one, 0.0) < now]
        self._leased |= dict.fromkeys(found, now + LEASE_SECONDS)
        return JSONResponse({"messages": [self._due[one] for one in found]})

    async def _report(self, request: Request) -> Response:
        message_id, _, what = request.path_params["rest"].partition(":")
        self._due.pop(message_id, None)
        self._leased.pop(message_id, None)
        self.reports[message_id] = (what, await request.json())
        return JSONResponse({"status": what})

    async def _call_back(self, request: Request) -> Response:
        key, body = request.headers["idempotency-key"], await request.json()
        if self.calls_status == 201 and key not in dict(self.calls):
            self.calls.append((key, body))
        return JSONResponse({"code": "some"}, self.calls_status)

    async def _reply(self, request: Request) -> Response:
        asked = await request.json()
        reply = (asked["phone"], asked["answer"], request.headers["idempotency-key"])
        if reply not in self.replies:
            self.replies.append(reply)
        return JSONResponse(self.says.get(asked["answer"], {"done": "nothing"}))

    async def _resume(self, request: Request) -> Response:
        self.resumed.append((await request.json())["phone"])
        return Response(status_code=self.resume_status)

    async def _calendar(self, request: Request) -> Response:
        if request.path_params["signed"] != "v.good":
            return JSONResponse({"code": "not_found"}, 404)
        return Response("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", media_type="text/calendar")

    async def _page(self, request: Request) -> Response:
        self.pages.append((dict(request.headers), await request.body()))
        return Response(status_code=self.webhook_status)
