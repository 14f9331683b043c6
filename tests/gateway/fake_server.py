"""What the scripted stand-ins for other services share: a real HTTP server on loopback, in a thread of the tests."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from tests.ports import free_port


class FakeServer:
    """Answers on one port from `start` to `stop`, which may follow each other more than once, or inside a `with`."""

    def __init__(self) -> None:
        self.port = free_port()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def routes(self) -> Sequence[Route]:
        raise NotImplementedError

    def start(self) -> None:
        config = uvicorn.Config(
            Starlette(routes=self.routes()),
            host="127.0.0.1",
            port=self.port,
            log_level="error",
            timeout_graceful_shutdown=0,
            timeout_keep_alive=3600,  # none is closed in the face of a client that believes it open
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        until = time.monotonic() + 60
        while not self._server.started:
            assert time.monotonic() < until, f"{type(self).__name__} did not start"
            time.sleep(0.02)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(60)
        assert not self._thread.is_alive(), f"{type(self).__name__} did not stop"

    @property
    def runs(self) -> bool:
        return self._thread.is_alive()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
