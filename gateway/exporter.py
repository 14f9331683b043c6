"""`GET /metrics`: the figures of gateway.metrics, for the machine itself and for the networks of GATEWAY_METRICS_FROM.

It answers 404 to everybody else, and to everything that came through a proxy: a proxy on this machine has a loopback address
too, but it names whom it speaks for.
"""

from __future__ import annotations

import time

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import Connection, func, select

from clinic import clock
from gateway import metrics, runtime
from gateway.origin import direct
from gateway.schema import inbox, outbox, staff_alerts

router = APIRouter()

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")


@router.get("/metrics")
async def show(request: Request) -> Response:
    """The metrics in Prometheus' text format; 404 to whom they are not for."""
    gateway = runtime.of(request)
    forwarded = any(name in request.headers for name in FORWARDED)
    if forwarded or not direct(request, gateway.settings.metrics_from):
        raise gateway.problem(request, 404, "not_found")
    await gateway.database.read(_look)
    return Response(
        generate_latest(metrics.registry), headers={"Cache-Control": "no-store"}, media_type=CONTENT_TYPE_LATEST
    )


def _look(connection: Connection) -> None:
    now = time.time()
    row = connection.execute(select(func.count(), func.min(inbox.c.received_at)).where(inbox.c.done_at.is_(None))).one()
    _queue("inbox", row[0], row[1], now)
    unsent = (outbox.c.state.in_(("waiting", "sending")), outbox.c.next_at <= now)
    row = connection.execute(select(func.count(), func.min(outbox.c.created_at)).where(*unsent)).one()
    _queue("outbox", row[0], row[1], clock.timestamp())
    untaken = select(func.count()).select_from(staff_alerts).where(staff_alerts.c.acknowledged_at.is_(None))
    metrics.UNTAKEN.set(connection.execute(untaken).scalar_one())


def _queue(name: str, count: int, oldest: float | None, now: float) -> None:
    metrics.WAITING.labels(name).set(count)
    metrics.OLDEST.labels(name).set(max(0.0, now - oldest) if oldest is not None else 0.0)
