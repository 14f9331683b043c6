"""Everything the gateway's routes share, made once at start-up and handed to them through the application's state."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
from starlette.requests import HTTPConnection

from clinic.config import Clinic
from gateway import origin
from gateway.database import Database
from gateway.hub import Hub
from gateway.inbox import Inbox
from gateway.limits import Buckets
from gateway.notices import Notices
from gateway.problems import Problem
from gateway.rasa import Rasa
from gateway.readiness import Readiness
from gateway.settings import Settings
from gateway.sms.service import Sms
from gateway.turns import Turns


@dataclass(frozen=True)
class Gates:
    """The token buckets: per chat, per address prefix, for the whole clinic, for new chats, for safety checks of what was refused."""

    session: Buckets
    address: Buckets
    clinic: Buckets
    sessions: Buckets
    safety: Buckets


@dataclass(frozen=True)
class Runtime:
    settings: Settings
    clinic: Clinic
    notices: Notices
    database: Database
    inbox: Inbox
    hub: Hub
    rasa: Rasa
    turns: Turns
    gates: Gates
    web: httpx.AsyncClient
    readiness: Readiness
    sms: Sms | None

    def problem(
        self, request: HTTPConnection, status: int, code: str, lang: str | None = None, **headers: str
    ) -> Problem:
        """A Problem in the words of the visitor's language; `headers` with _ for -."""
        sentence = self.notices.problem(code, lang or preferred_language(request))
        return Problem(status, code, sentence, {name.replace("_", "-"): value for name, value in headers.items()})

    def address(self, request: HTTPConnection) -> str:
        return origin.address(request, self.settings.trusted_proxies)


def of(request: HTTPConnection) -> Runtime:
    """The runtime of the application that serves this request."""
    runtime = request.app.state.runtime
    assert isinstance(runtime, Runtime)
    return runtime


def preferred_language(request: HTTPConnection) -> str | None:
    """ "es" or "en" when the browser's first language is one of them, else None."""
    first = request.headers.get("accept-language", "")[:2].lower()
    return first if first in ("en", "es") else None
