"""`/healthz`: this process lives. `/readyz`: a message sent now would be understood, acted upon and stored."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from gateway import runtime

router = APIRouter()


@router.get("/healthz")
async def alive() -> Response:
    """What a balancer asks: true even while the bot is down, since our own safety sentence must stay reachable."""
    return JSONResponse({"alive": True}, headers={"Cache-Control": "no-store"})


@router.get("/readyz")
async def ready(request: Request) -> Response:
    """200 {"ready": true, "parts": {name: bool}}, or 503 with `not_ready` naming the parts; kept for five seconds."""
    parts = await runtime.of(request).readiness.parts()
    missing = [name for name, good in parts.items() if not good]
    body = {"ready": not missing, "parts": parts} | ({"not_ready": missing} if missing else {})
    return JSONResponse(body, 503 if missing else 200, {"Cache-Control": "no-store"})
