"""The server process: settings, clock, migrations, then uvicorn on loopback."""

from __future__ import annotations

import importlib.metadata
import logging
import socket
import sys

import structlog
import uvicorn
from clinic import clock
from clinic.config import ClinicError
from clinic.config import load as load_clinic
from clinic.settings import SettingsError

from scheduling import settings
from scheduling.api.app import create
from scheduling.sql.opening import StartError, open_office

HOST = "127.0.0.1"


def serve() -> None:
    """Serve until ended. Raises StartError."""
    log_as_json()
    try:
        wanted = settings.load()
        clinic = load_clinic()
        clock.start(clinic.timezone)
    except (SettingsError, ClinicError, clock.ClockError) as error:
        raise StartError(str(error)) from error
    _free(wanted.port)
    office = open_office(clinic, wanted.database_url, wanted.signing_key)
    office.rota.warm(office.today())
    structlog.get_logger().info(
        "start", port=wanted.port, engine=office.storage.capabilities.engine, tzdata=tzdata_version()
    )
    app = create(office, *wanted.tokens)
    uvicorn.run(app, host=HOST, port=wanted.port, log_config=None, access_log=False, server_header=False)


def tzdata_version() -> str:
    """Which zone rules are used (the tzdata package's)."""
    return importlib.metadata.version("tzdata")


def log_as_json() -> None:
    """One JSON object per line on standard output; ids and kinds only."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )


def _free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise StartError(f"SCHEDULING_PORT: port {port} is taken: end what uses it, or set another") from error
