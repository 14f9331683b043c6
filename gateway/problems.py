"""Errors as problem+json (RFC 9457): `detail` is a sentence a patient can read, `code` is for programs."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse


class Problem(Exception):
    """An answer that is an error. `headers` go out with it."""

    def __init__(self, status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.detail, self.headers = status, code, detail, headers or {}


async def answer(_request: Request, problem: Exception) -> JSONResponse:
    """The response of a Problem; registered as its exception handler."""
    assert isinstance(problem, Problem)
    return response(problem)


def response(problem: Problem) -> JSONResponse:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
    }
    if problem.status >= 500:
        body["reference"] = uuid.uuid4().hex[:8]
    headers = {"Cache-Control": "no-store"} | problem.headers
    return JSONResponse(body, problem.status, headers, media_type="application/problem+json")
