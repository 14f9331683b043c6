"""`python -m bot.serve`: the Rasa process. Listens on 127.0.0.1:$RASA_PORT and serves only the private channel.

No HTTP API of Rasa, no CORS, no telemetry, no TensorFlow (`bot/lean.py`). The start fails, with one line, when the model, the
secret or the tracker database is missing; the port opens only after a canned message was understood.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time

os.environ["RASA_TELEMETRY_ENABLED"] = "false"
# Read when numpy is loaded. One message is too little work to share: the second thread only spins, as costly as the turn itself.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from bot import lean, log

LOOPBACK = "127.0.0.1"
TURN_SECONDS = 150
"""Longer than the gateway waits: Sanic cuts a turn off with 503, which would mean that nothing was done."""


def main() -> int:
    """Serve until stopped. Exit status 1 when the start fails."""
    begun = time.monotonic()
    os.umask(0o077)  # conversations are written: for this user's eyes only
    log.configure()
    lean.install()
    import structlog
    from sanic import Sanic

    from bot import quick, settings
    from bot.agent import StartError, load_agent
    from bot.channel import PrivateChannel
    from clinic import clock
    from clinic.clock import ClockError
    from clinic.config import ClinicError, load

    logger = structlog.get_logger()
    try:
        clock.start(load().timezone)
        port, model = settings.rasa_port(), settings.model_file()
        settings.name_actions_port()
        channel = PrivateChannel.from_credentials(None)
        agent = asyncio.run(load_agent(model))
        quick.install(agent)
    except (settings.SettingsError, ClinicError, ClockError, StartError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    app = Sanic("bot", configure_logging=False)
    app.ctx.agent = agent
    app.config.RESPONSE_TIMEOUT = TURN_SECONDS
    app.config.REQUEST_MAX_SIZE = 65_536
    app.config.KEEP_ALIVE_TIMEOUT = 75
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.blueprint(channel.blueprint(_unused), url_prefix=f"/webhooks/{channel.url_prefix()}")

    @app.after_server_start
    async def tell(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        logger.info("ready", port=port, model=model.name, seconds=round(time.monotonic() - begun, 2))

    app.run(host=LOOPBACK, port=port, access_log=False, motd=False)
    return 0


async def _unused(message: object) -> None:
    """Rasa hands each channel a message handler; ours takes its turns itself."""


if __name__ == "__main__":
    sys.exit(main())
