"""Running the application under uvicorn, with an end that does not wait for idle streams."""

from __future__ import annotations

import socket
import sys

import uvicorn
from fastapi import FastAPI

from gateway.settings import Settings

GRACE_SECONDS = 1
SWITCH_SECONDS = 0.0005
"""So long the writer's thread keeps the interpreter while the door waits; Python's default is ten times that, several times a request."""


class Server(uvicorn.Server):
    """Closes the event streams first when asked to stop: uvicorn waits for open connections before anything else."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.hub.close()
        await super().shutdown(sockets)


def serve(app: FastAPI, settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; raises SystemExit when the port is taken."""
    sys.setswitchinterval(SWITCH_SECONDS)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # X-Forwarded-For is read in gateway.origin, from trusted proxies only
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACE_SECONDS,
        log_config=None,
    )
    Server(config, app).run()
