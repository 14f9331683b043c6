"""A relay between two processes of the house, which springs a trap at one exact point of one request."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.ports import free_port

When = Literal["before", "after"]


@dataclass
class Trap:
    """Springs once: when a request to `path` whose body holds `word` was sent on (`before` or `after` its answer came back).

    `act` is done, and the connection is closed without an answer.
    """

    path: str
    word: bytes
    when: When
    act: Callable[[], None]
    sprung: bool = False


class Relay:
    """Listens on `port` and hands everything on to `target`, another port of loopback."""

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self.trap: Trap | None = None
        relay = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def handle_one(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if relay._springs("before", self.path, body):
                    return
                upstream = http.client.HTTPConnection("127.0.0.1", target, timeout=240)
                with contextlib.closing(upstream), contextlib.suppress(OSError, http.client.HTTPException):
                    upstream.request(self.command, self.path, body, dict(self.headers))
                    answer = upstream.getresponse()
                    data = answer.read()
                    if relay._springs("after", self.path, body):
                        return
                    self.send_response(answer.status)
                    for name, value in answer.getheaders():
                        if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                            self.send_header(name, value)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)

            do_GET = do_POST = do_DELETE = handle_one

            def log_message(self, *_: object) -> None:
                return

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()

    def _springs(self, when: When, path: str, body: bytes) -> bool:
        trap = self.trap
        if trap is None or trap.sprung or trap.when != when or path != trap.path or trap.word not in body:
            return False
        trap.sprung = True
        trap.act()
        return True

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
