"""The FastAPI application of one office."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from scheduling import sentences
from scheduling.api import booking, catalogue, courses, desk, people
from scheduling.api.bodies import ProblemBody
from scheduling.api.guard import Guard
from scheduling.office import Office
from scheduling.problem import Problem
from scheduling.upkeep import Upkeep

REFUSALS = (400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422, 429, 503)

THREADS = 16
"""Requests worked on at once; more would only wait for each other, and for the database."""

ROUTERS = (catalogue.router, booking.router, courses.router, people.router, desk.router)


@asynccontextmanager
async def _with_upkeep(app: FastAPI) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = THREADS
    upkeep = Upkeep(app.state.office)
    upkeep.start()
    yield
    upkeep.stop()


def create(office: Office, *tokens: str) -> FastAPI:
    """The application; callers must bring one of `tokens` as a bearer token."""
    app = FastAPI(
        title="Scheduling",
        version="1",
        description="Appointments of one clinic. Times are local ISO times with offset; refusals are problem+json.",
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_with_upkeep,
    )
    app.state.office = office
    refusals: dict[int | str, dict[str, Any]] = {
        status: {
            "content": {"application/problem+json": {"schema": ProblemBody.model_json_schema()}},
            "description": "Refused",
        }
        for status in REFUSALS
    }
    api = APIRouter(prefix="/v1", responses=refusals)
    for router in ROUTERS:
        api.include_router(router)
    app.include_router(api)
    app.add_api_route("/healthz", _alive, methods=["GET"], include_in_schema=False)
    app.add_api_route("/readyz", _ready, methods=["GET"], include_in_schema=False)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _broken)
    app.add_middleware(Guard, tokens=tokens)
    return app


async def _alive() -> dict[str, bool]:
    return {"alive": True}


def _ready(request: Request) -> JSONResponse:
    office: Office = request.app.state.office
    ready = office.storage.ready()
    return JSONResponse({"ready": ready}, 200 if ready else 503)


def answer(problem: Problem, request: Request, headers: dict[str, str] | None = None) -> JSONResponse:
    """A refusal in the language that the caller accepts."""
    spanish = request.headers.get("accept-language", "").lower().startswith("es")
    body = problem.body("es" if spanish else "en")
    return JSONResponse(body, problem.status, headers, media_type="application/problem+json")


async def _problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return answer(error, request)


async def _unreadable(request: Request, error: Exception) -> JSONResponse:
    """Which field is wrong and how; never the value, which may be anything a patient wrote."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    problem = sentences.invalid_request(f"{where}: {first['msg']}")
    problem.extra["field"] = where
    return answer(problem, request)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return answer(sentences.not_found(), request)
    detail = "This cannot be done here." if error.status_code == 405 else "The request cannot be read."
    problem = Problem(
        "not_allowed" if error.status_code == 405 else "invalid_request", detail, detail, error.status_code
    )
    return answer(problem, request, dict(error.headers or {}))


async def _broken(request: Request, error: Exception) -> JSONResponse:
    structlog.get_logger().error("broken", kind=type(error).__name__, path=request.url.path[:200])
    problem = sentences.backend_unavailable()
    return answer(problem, request)
