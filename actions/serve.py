"""`python -m actions.serve`: rasa-sdk's server on 127.0.0.1:$ACTIONS_PORT, and nowhere else.

The action server has no password: whoever reaches it can run any action on a conversation of their own making. So it listens on
the loopback address only, without CORS, and no action trusts an identity that the tracker brings.
"""

from __future__ import annotations

import logging
import sys

import structlog
from rasa_sdk.endpoint import create_app
from sanic.request import Request
from sanic.response import HTTPResponse, json

import actions
from actions import desk, settings
from clinic.clock import ClockError
from clinic.config import ClinicError
from clinic.settings import SettingsError

HOST = "127.0.0.1"


def main() -> int:
    """Serve until ended. Exit status 1 with one line on standard error when a setting is missing or wrong."""
    log_as_json()
    try:
        port = settings.load().port
        desk.open_desk()
    except (SettingsError, ClinicError, ClockError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    # cors_origins="" answers no Origin at all
    app = create_app(actions, cors_origins="")
    # rasa-sdk's own handler answers with the whole request, which is the tracker.
    app.error_handler.add(Exception, refuse)
    structlog.get_logger().info("start", port=port)
    app.run(HOST, port, workers=1, access_log=False, motd=False)
    return 0


def refuse(request: Request, error: Exception) -> HTTPResponse:
    """An error outside our actions: its class goes to the log, nothing of the request goes anywhere."""
    structlog.get_logger().error("request failed", error=type(error).__name__)
    return json({"error": "internal"}, 500)


def log_as_json() -> None:
    """JSON lines on standard error. rasa-sdk's own lines hold requests, so only its warnings are let through."""
    logging.basicConfig(level=logging.WARNING, format='{"event": "%(name)s", "level": "%(levelname)s"}')
    # Its error handler logs the exception with its traceback, which may quote what a patient wrote.
    logging.getLogger("rasa_sdk.endpoint").disabled = True
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


if __name__ == "__main__":
    sys.exit(main())
