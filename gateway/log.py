"""Logs: one JSON object a line on standard output, ids only. Nothing here is ever given text, names or numbers."""

from __future__ import annotations

import logging
import sys

import structlog


def configure() -> None:
    """Set up structlog and quiet the libraries that would log addresses, queries or bodies."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format='{"level": "%(levelname)s", "event": "%(name)s"}')
    for name in ("httpx", "httpcore", "twilio", "sqlalchemy", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.ERROR)
