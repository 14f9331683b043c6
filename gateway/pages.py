"""Pages and files: the chat as a full page, the widget's static files, its settings, and calendar files."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import httpx
from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from clinic.config import display_phone
from gateway import conversations, runtime
from gateway.limits import RateLimited

router = APIRouter()

STATIC = Path(__file__).parent / "static"
HASHED = re.compile(r"[.-][0-9A-Za-z]{8,}\.[a-z0-9]+$")  # a content hash in the name: the file never changes
SIGNED = re.compile(r"[A-Za-z0-9._~-]{1,512}")


class WidgetFiles(StaticFiles):
    """Static files; those with a content hash in their name may be kept for ever, the rest for five minutes."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        for_ever = HASHED.search(path) is not None
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if for_ever else "public, max-age=300"
        return response


@router.get("/")
async def front() -> Response:
    """The demo page of a made-up clinic, which shows the chat in use; without it, the chat itself."""
    page = STATIC / "index.html"
    if page.is_file():
        return FileResponse(page, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-cache"})
    return RedirectResponse("/chat", 307)


@router.get("/chat")
async def chat_page(request: Request) -> Response:
    page = STATIC / "chat.html"
    if not page.is_file():
        raise runtime.of(request).problem(request, 404, "not_found")
    return FileResponse(page, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-cache"})


@router.get("/chat/config")
async def chat_config(request: Request) -> Response:
    """What the widget shows before anything is said: no secrets, nothing about anybody."""
    gateway = runtime.of(request)
    clinic, notices = gateway.clinic, gateway.notices
    body = {
        "clinic": clinic.name,
        "phone": clinic.phone,
        "phone_display": display_phone(clinic.phone),
        "languages": list(clinic.languages),
        "emergency": {
            "medical": "911",
            "crisis": "988",
            "text": {lang: notices.emergency(lang) for lang in clinic.languages},
        },
        "website": clinic.website,
        "privacy_url": clinic.facts.privacy_url,
        "idle_minutes": conversations.IDLE_SECONDS // 60,
    }
    return JSONResponse(body, headers={"Cache-Control": "no-cache"})


@router.get("/calendar/{signed}")
async def calendar(request: Request, signed: str) -> Response:
    """The .ics file behind a signed link, fetched from scheduling, which made and checks the signature."""
    gateway = runtime.of(request)
    if not SIGNED.fullmatch(signed):
        raise gateway.problem(request, 404, "not_found")
    try:
        gateway.gates.address.take(gateway.address(request))
        answer = await gateway.web.get(
            f"{gateway.settings.scheduling_url}/v1/calendar/{signed}",
            headers={"Authorization": f"Bearer {gateway.settings.scheduling_token}"},
        )
    except RateLimited as limited:
        raise gateway.problem(request, 429, "too_many", Retry_After=str(limited.retry_after)) from None
    except httpx.HTTPError:
        raise gateway.problem(request, 503, "calendar_unavailable") from None
    if answer.status_code >= 500:
        raise gateway.problem(request, 503, "calendar_unavailable")
    if answer.status_code != 200:
        raise gateway.problem(request, 404, "not_found")
    name = hashlib.sha256(signed.encode()).hexdigest()[:8]
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="visit-{name}.ics"'}
    return Response(answer.content, headers=headers, media_type="text/calendar; charset=utf-8")
