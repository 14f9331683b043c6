"""The application: its parts put together, started and stopped."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import httpx
import structlog
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response

from clinic.config import Clinic
from gateway import chat, exporter, health, metrics, migrate, pages, problems, runtime, staff
from gateway.alerts import Pager
from gateway.database import Database, StoreUnavailable
from gateway.due import Messenger
from gateway.headers import SecurityHeaders
from gateway.hub import Hub
from gateway.inbox import Inbox
from gateway.limits import Buckets
from gateway.notices import Notices
from gateway.problems import Problem
from gateway.rasa import Rasa
from gateway.readiness import Readiness
from gateway.recorder import Recorder
from gateway.runtime import Gates, Runtime
from gateway.settings import Rate, Settings
from gateway.sms import webhooks
from gateway.sms.answers import Answers
from gateway.sms.courier import Courier
from gateway.sms.receive import Desk
from gateway.sms.service import Sms
from gateway.sms.talk import Talk
from gateway.sms.templates import Templates
from gateway.turns import Turns

log = structlog.get_logger()
DRAIN_SECONDS = 2.5


def build(settings: Settings, clinic: Clinic) -> FastAPI:
    """The whole gateway as one ASGI application; nothing is opened before it starts."""
    app = FastAPI(
        lifespan=_lifespan,
        openapi_url=None,  # the public door describes itself to nobody
        redirect_slashes=False,  # a redirected POST loses its body
        middleware=[
            Middleware(metrics.Measured),
            Middleware(SecurityHeaders, embed_on=clinic.embed_on, public_url=settings.public_url),
        ],
    )
    app.state.settings, app.state.clinic = settings, clinic
    # Made here, so that a server can close the streams before it waits for connections to end.
    app.state.hub = Hub(settings.limits.streams_per_session, settings.limits.streams_per_address)
    for router in (chat.router, webhooks.router, pages.router, health.router, exporter.router, staff.router):
        app.include_router(router)
    # Compressed here, because a proxy that nobody tuned does not. Nothing else is: what patients say is never compressed.
    app.mount("/static", GZipMiddleware(pages.WidgetFiles(directory=pages.STATIC, check_dir=False)), name="static")
    app.add_exception_handler(Problem, problems.answer)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(StoreUnavailable, _store_error)
    app.add_exception_handler(Exception, _unexpected)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings, clinic, hub = app.state.settings, app.state.clinic, app.state.hub
    database = Database(settings.database_url)
    await asyncio.to_thread(migrate.upgrade, database.engine)
    notices = Notices(clinic)
    owner = str(uuid.uuid4())
    talk = Talk(Templates(clinic), settings.number_key)
    inbox = Inbox(owner, notices, settings.apologise_seconds, talk, settings.call_back_seconds)
    rasa = Rasa(settings.rasa_urls, settings.bot_token)
    sms = _sms(settings, clinic, database, inbox, talk, owner)
    texts_wait = {"texts_wait": sms.courier.wake} if sms else {}
    web = httpx.AsyncClient(timeout=5.0, trust_env=False)
    answers = Answers(rasa, web, settings, Templates(clinic))
    turns = Turns(database, inbox, answers, hub, settings.repeat_seconds, **texts_wait)
    limits = settings.limits
    app.state.runtime = Runtime(
        settings=settings,
        clinic=clinic,
        notices=notices,
        database=database,
        inbox=inbox,
        hub=hub,
        rasa=rasa,
        turns=turns,
        gates=Gates(
            session=Buckets(limits.session),
            address=Buckets(limits.address),
            clinic=Buckets(limits.clinic),
            sessions=Buckets(limits.sessions),
            safety=Buckets(Rate(60, 60, 60)),
        ),
        web=web,
        readiness=Readiness(settings, database, rasa, web),
        sms=sms,
    )
    await turns.start()
    jobs: list[Callable[[], Awaitable[None]]] = [
        Messenger(settings, database, web, sms).run,
        Pager(settings, clinic, database, web).run,
        Recorder(settings, database, web).run,
    ]
    jobs += [partial(hub.follow, database)] if database.shared else []
    jobs += [sms.courier.run] if sms else []
    workers = [asyncio.create_task(_kept_running(job)) for job in jobs]
    log.info("gateway_started", database=database.engine.dialect.name)
    try:
        yield
    finally:
        hub.close()
        await turns.stop(DRAIN_SECONDS)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        if sms:
            sms.courier.close()
        rasa.close()
        await web.aclose()
        database.close()
        log.info("gateway_stopped")


async def _kept_running(job: Callable[[], Awaitable[None]]) -> None:
    """Run a background job, and again after a second when it ends with an error that nobody thought of."""
    while True:
        try:
            await job()
        except Exception as error:  # one bad row must not end reminders and alerts until the next start
            # Never the error's own words: they may quote a patient's.
            log.error("job_crashed", job=getattr(job, "__qualname__", "follow"), error=type(error).__name__)
        else:
            return
        await asyncio.sleep(1.0)


def _sms(settings: Settings, clinic: Clinic, database: Database, inbox: Inbox, talk: Talk, owner: str) -> Sms | None:
    """The SMS channel, when it is set up; the Twilio client is imported only then."""
    if settings.sms is None:
        return None
    from gateway.sms.carrier import Carrier

    desk = Desk(settings.sms, inbox, talk, Templates(clinic), settings.number_key)
    courier = Courier(
        database,
        Carrier(settings.sms),
        owner,
        settings.sms.senders,
        settings.sms.rate,
        settings.public_url,
        clinic.timezone,
    )
    return Sms(settings.sms, desk, talk, courier)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "bad_request")
    return problems.response(runtime.of(request).problem(request, error.status_code, code))


async def _store_error(request: Request, _error: Exception) -> Response:
    return problems.response(runtime.of(request).problem(request, 503, "store_unavailable", Retry_After="2"))


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("request_crashed", error=type(error).__name__, path=request.scope.get("route_path", ""))
    return problems.response(runtime.of(request).problem(request, 500, "internal"))
