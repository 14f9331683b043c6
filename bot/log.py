"""Logs as JSON lines on standard error: ids and places, never words of a patient.

Our own code logs by `structlog.get_logger()` with an event name and ids. Rasa and its libraries put message texts and whole
trackers into log lines and exception texts, so of theirs only logger, level, file:line and the exception's class are kept.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

OWN = frozenset({"message_id", "conversation", "port", "model", "seconds", "error", "kind", "at", "store"})


class _Places(logging.Formatter):
    """A record of the standard library's logging, without its message."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {"level": record.levelname.lower(), "logger": record.name}
        line["at"] = f"{record.filename}:{record.lineno}"
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line)


def _keep_ids(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    kept = {"level": method, "event": str(event.get("event"))}
    return kept | {key: str(value) for key, value in event.items() if key in OWN}


def configure() -> None:
    """Set up logging of the whole process; call once, before Rasa is imported."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Places())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    # Rasa's dependencies warn about each other at import; nobody here can act on that.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    structlog.configure(
        processors=[_keep_ids, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,  # Rasa writes debug lines all day, and each bound a logger anew
    )
