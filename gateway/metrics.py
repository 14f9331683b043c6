"""Prometheus metrics of this gateway: how much is asked, how it ends, how long it takes, what waits.

`gateway.exporter` shows them. Labels are of a few fixed kinds: never text, names, numbers, or ids of talks.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.replies import Reply

KIND = re.compile(r"[a-z][a-z_]{0,39}")
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60)

registry = CollectorRegistry()
MESSAGES = Counter(
    "tms_messages_total",
    "Messages accepted from patients, repeats of the same post included",
    ["channel"],
    registry=registry,
)
TURNS = Counter("tms_turns_total", "Turns by how they ended: answered, given_up", ["channel", "end"], registry=registry)
TURN_SECONDS = Histogram(
    "tms_turn_seconds",
    "From a message's acceptance to its stored answer",
    ["channel"],
    buckets=SECONDS,
    registry=registry,
)
OUTCOMES = Counter(
    "tms_outcomes_total", "What the scheduling service confirmed to patients", ["outcome"], registry=registry
)
ALERTS = Counter("tms_staff_alerts_total", "Staff alerts, crises among them, by kind", ["kind"], registry=registry)
APOLOGIES = Counter(
    "tms_apologies_total", "Messages whose answer was late: the fixed apology was said", registry=registry
)
REQUESTS = Histogram(
    "tms_request_seconds",
    "Requests at the public door, Twilio's webhooks among them; streams are left out",
    ["method", "route", "status"],
    buckets=SECONDS,
    registry=registry,
)
WAITING = Gauge(
    "tms_queue_messages", "Messages that wait for an answer, texts that wait to go out", ["queue"], registry=registry
)
OLDEST = Gauge("tms_queue_age_seconds", "How long the oldest of them has waited", ["queue"], registry=registry)
UNTAKEN = Gauge("tms_staff_alerts_untaken", "Staff alerts that nobody has acknowledged", registry=registry)

ROUTES_OF_MESSAGES = {"/chat/messages": (202, "web"), "/sms/inbound": (204, "sms")}


class Measured:
    """ASGI middleware: the time of every request by route template, and the messages accepted."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status, stream = time.perf_counter(), 500, False

        async def noted(message: Message) -> None:
            nonlocal status, stream
            if message["type"] == "http.response.start":
                status = message["status"]
                stream = any(value.startswith(b"text/event-stream") for _, value in message.get("headers", ()))
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            if not stream:
                method = scope["method"] if scope["method"] in ("GET", "POST") else "other"
                REQUESTS.labels(method, route, str(status)).observe(time.perf_counter() - begun)
            accepted, channel = ROUTES_OF_MESSAGES.get(route, (0, ""))
            if status == accepted:
                MESSAGES.labels(channel).inc()


def answered(channel: str, replies: Sequence[Reply], seconds: float) -> None:
    """A turn was answered and stored, `seconds` after its message came."""
    TURNS.labels(channel, "answered").inc()
    TURN_SECONDS.labels(channel).observe(seconds)
    for reply in replies:
        if reply.outcome:
            OUTCOMES.labels(_kind(str(reply.outcome.get("kind")))).inc()


def given_up(channel: str) -> None:
    """A turn ended without an answer from the bot."""
    TURNS.labels(channel, "given_up").inc()


def apologised() -> None:
    APOLOGIES.inc()


def alerted(kind: str) -> None:
    """A staff alert was stored."""
    ALERTS.labels(_kind(kind)).inc()


def _kind(kind: str) -> str:
    """Kinds are words of ours. Whatever else comes must not become a label of its own."""
    return kind if KIND.fullmatch(kind) else "other"
