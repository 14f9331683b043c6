"""A scripted stand-in for Twilio's messaging API, stateful and strict about what it is sent.

`plan` says what the next create calls get: "ok", ("error", http status, code), "lost" (taken, but the answer never comes),
"broken" (500 and not taken). While it is `silent`, nothing is answered; "taking" says whether it takes what it is sent meanwhile.
Texts to `blocked` numbers are refused as Twilio refuses who opted out. Requests that Twilio's own description forbids are
counted in `violations`; tests/gateway/prism.py holds both sides against the description itself.
"""

from __future__ import annotations

import asyncio
import base64
import re
import secrets
from collections import Counter, deque
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import Any, Literal
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.gateway.fake_server import FakeServer
from tests.gateway.front_door import wait_for

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "twilio-token-for-tests"
PHONE = re.compile(r"\+[1-9]\d{6,14}")


class FakeTwilio(FakeServer):
    def __init__(self) -> None:
        super().__init__()
        self.forget()

    def forget(self) -> None:
        self.silent: Literal["taking", "refusing"] | None = None
        self.plan: deque[Any] = deque()
        self.messages: list[dict[str, Any]] = []
        self.calls = 0
        self.violations: list[str] = []
        self.redacted: list[str] = []
        self.blocked: set[str] = set()
        self.numbers: dict[str, str] = {}
        self.failure_rate: Any = None

    def bodies(self, number: str | None = None) -> list[str]:
        return [one["body"] for one in self.messages if number in (None, one["to"])]

    def per_body(self) -> Counter[str]:
        return Counter(self.bodies())

    def routes(self) -> list[Route]:
        base = f"/2010-04-01/Accounts/{ACCOUNT}"
        return [
            Route(f"{base}/Messages.json", self._create, methods=["POST"]),
            Route(f"{base}/Messages.json", self._list, methods=["GET"]),
            Route(f"{base}/Messages/{{sid}}.json", self._update, methods=["POST"]),
            Route(f"{base}/IncomingPhoneNumbers.json", self._numbers, methods=["GET"]),
        ]

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        wait_for(lambda: len(self.messages) >= count)
        return self.messages

    async def _speaks(self) -> None:
        while self.silent:
            await asyncio.sleep(0.02)

    def _known(self, request: Request) -> bool:
        expected = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        return request.headers.get("authorization") == f"Basic {expected}"

    def _error(self, status: int, code: int) -> Response:
        return JSONResponse({"code": code, "message": "scripted", "more_info": "", "status": status}, status)

    async def _create(self, request: Request) -> Response:
        self.calls += 1
        if not self._known(request):
            return self._error(401, 20003)
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        self._check(form)
        step = self.plan.popleft() if self.plan else "ok"
        if self.failure_rate is not None and step == "ok":
            step = self.failure_rate()
        if isinstance(step, tuple) and step[0] == "error":
            return self._error(step[1], step[2])
        if step == "broken":
            return Response("oops", 500)
        if self.silent == "refusing":
            await self._speaks()
            return Response("busy", 503)
        if form["To"] in self.blocked:
            return self._error(400, 21610)
        message = {
            "sid": f"SM{secrets.token_hex(16)}",
            "to": form["To"],
            "from": form.get("From"),
            "body": form["Body"],
            "status": "accepted",
            "status_callback": form.get("StatusCallback", ""),
            "validity": int(form.get("ValidityPeriod", 0)),
            "service": form.get("MessagingServiceSid"),
            "made": datetime.now(timezone.utc),
        }
        self.messages.append(message)
        await self._speaks()
        if step == "lost":
            return Response("gateway timeout", 504)
        return JSONResponse(self._shown(message), 201)

    def _check(self, form: dict[str, Any]) -> None:
        if not PHONE.fullmatch(form.get("To", "")):
            self.violations.append("To")
        if not PHONE.fullmatch(form.get("From", "")) and not form.get("MessagingServiceSid"):
            self.violations.append("From")
        if not 1 <= len(form.get("Body", "")) <= 1600:
            self.violations.append("Body")
        if not 1 <= int(form.get("ValidityPeriod", 1)) <= 36000:
            self.violations.append("ValidityPeriod")
        if not form.get("StatusCallback", "").startswith("https://"):
            self.violations.append("StatusCallback")

    async def _list(self, request: Request) -> Response:
        await self._speaks()
        if not self._known(request):
            return self._error(401, 20003)
        found = [
            self._shown(one)
            for one in self.messages
            if one["to"] == request.query_params.get("To", one["to"])
            and one["from"] == request.query_params.get("From", one["from"])
        ]
        return self._page(request, "messages", found)

    async def _update(self, request: Request) -> Response:
        if not self._known(request):
            return self._error(401, 20003)
        sid = request.path_params["sid"]
        for one in self.messages:
            if one["sid"] == sid:
                self.redacted.append(sid)
                return JSONResponse(self._shown(one | {"body": "", "status": "delivered"}))
        return self._error(404, 20404)

    async def _numbers(self, request: Request) -> Response:
        if not self._known(request):
            return self._error(401, 20003)
        found = [
            {"phone_number": number, "sms_url": hook, "account_sid": ACCOUNT, "sid": f"PN{place:032x}"}
            for place, (number, hook) in enumerate(self.numbers.items())
        ]
        return self._page(request, "incoming_phone_numbers", found)

    def _page(self, request: Request, name: str, found: list[Any]) -> Response:
        here = f"{request.url.path}?PageSize=50&Page=0"
        pages = {"first_page_uri": here, "next_page_uri": None, "previous_page_uri": None, "uri": here}
        return JSONResponse(pages | {name: found, "page": 0, "page_size": 50, "start": 0, "end": len(found)})

    def _shown(self, one: dict[str, Any]) -> dict[str, Any]:
        moment = format_datetime(one["made"])
        return {
            "sid": one["sid"], "to": one["to"], "from": one["from"], "body": one["body"], "status": one["status"],
            "account_sid": ACCOUNT, "error_code": None, "error_message": None, "num_segments": "1", "num_media": "0",
            "date_created": moment, "date_updated": moment, "date_sent": moment, "direction": "outbound-api",
            "price": None, "price_unit": "USD", "api_version": "2010-04-01",
            "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{one['sid']}.json", "messaging_service_sid": one["service"],
            "subresource_uris": {"media": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{one['sid']}/Media.json"},
        }  # fmt: skip
