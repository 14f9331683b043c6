"""The page behind a staff alert's link. Looking changes nothing (mail scanners look); only POST acknowledges."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection, select, update

from clinic import clock
from gateway import alerts, runtime, signing
from gateway.runtime import Runtime
from gateway.schema import sms_threads, staff_alerts

router = APIRouter(prefix="/staff")
HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


@router.get("/alerts/{signed}")
async def show(request: Request, signed: str) -> Response:
    """What happened, when, and whether somebody has taken it."""
    gateway, alert_id = _alert_id(request, signed)
    return await _page(gateway, request, alert_id)


@router.post("/alerts/{signed}")
async def acknowledge(request: Request, signed: str) -> Response:
    """Somebody takes it: no more rounds. Taking it twice is fine."""
    gateway, alert_id = _alert_id(request, signed)

    def take(connection: Connection) -> None:
        mine = (staff_alerts.c.id == alert_id, staff_alerts.c.acknowledged_at.is_(None))
        connection.execute(update(staff_alerts).where(*mine).values(acknowledged_at=clock.timestamp()))

    await gateway.database.write(take)
    return await _page(gateway, request, alert_id)


def _alert_id(request: Request, signed: str) -> tuple[Runtime, str]:
    gateway = runtime.of(request)
    keys, now = gateway.settings.signing_keys, clock.timestamp()
    alert_id = next(filter(None, (signing.subject(key, alerts.PURPOSE, signed, now) for key in keys)), None)
    if alert_id is None:
        raise gateway.problem(request, 404, "not_found")
    return gateway, alert_id


async def _page(gateway: Runtime, request: Request, alert_id: str) -> Response:
    def find(connection: Connection) -> tuple[Any, str | None]:
        row = connection.execute(select(staff_alerts).where(staff_alerts.c.id == alert_id)).one_or_none()
        if row is None:
            return None, None
        number = connection.execute(
            select(sms_threads.c.theirs).where(sms_threads.c.conversation == row.conversation)
        ).scalar_one_or_none()
        return row, number

    row, number = await gateway.database.read(find)
    if row is None:
        raise gateway.problem(request, 404, "not_found")
    zone = gateway.clinic.timezone
    facts = {
        "When": _local(row.created_at, zone),
        "Channel": "text message" if row.channel == "sms" else "website chat",
    }
    if number:
        facts["Number"] = number
    if row.acknowledged_at is not None:
        facts["Taken"] = _local(row.acknowledged_at, zone)
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts.items())
    button = (
        "" if row.acknowledged_at else '<form method="post"><button type="submit">I take care of this</button></form>'
    )
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Staff alert</title></head>'
        f"<body><main><h1>{escape(alerts.title(row.kind))}</h1><dl>{lines}</dl>{button}</main></body></html>"
    )
    return HTMLResponse(html, headers=HEADERS)


def _local(seconds: float, zone: str) -> str:
    return datetime.fromtimestamp(seconds, ZoneInfo(zone)).strftime("%A %B %-d, %Y, %-I:%M %p %Z")
