"""Security headers on everything the gateway answers (research note web.md, section 5)."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PERMISSIONS = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "microphone", "payment", "usb")


class SecurityHeaders:
    """Adds them to every response. `embed_on` are the sites that may show the chat in a frame, beside ourselves."""

    def __init__(self, app: ASGIApp, embed_on: tuple[str, ...], public_url: str) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": policy(embed_on),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Permissions-Policy": ", ".join(f"{name}=()" for name in PERMISSIONS),
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        if public_url.startswith("https://"):
            self._headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Our files are small and sent whole: a Range that makes no sense would be answered in plain text by Starlette.
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"range"]

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


def policy(embed_on: tuple[str, ...]) -> str:
    """Nothing inline, nothing from elsewhere; framed by the clinic's own sites only."""
    ancestors = " ".join(("'self'", *embed_on))
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; "
        f"frame-ancestors {ancestors}"
    )
