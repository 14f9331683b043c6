"""A network that breaks on purpose: a TCP relay in front of the gateway that ends streams and loses answers where a test wants it."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time

SEND = b"POST /chat/messages"
ARRIVAL = 0.05
"""Seconds between an event and the cut: a browser throws away what comes in one breath with the end of a connection. Where it
asks for the same event again, it gets twice the time."""
LAST = re.compile(rb"last-event-id: *(\d+)", re.IGNORECASE)
STREAM = b"content-type: text/event-stream"


class Cutter:
    """`url` is where browsers connect. `cut_after` events every stream breaks; the next `lose_answers` sends are stored, but never answered."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.cut_after = 0
        self.lose_answers = 0
        self.cuts = 0
        self.lost = 0
        self._arrival, self._asked_after = ARRIVAL, b""
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                browser, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._to), timeout=60)
                server.settimeout(None)
            except OSError:
                browser.close()
                continue
            self._open |= {browser, server}
            losing = threading.Event()
            threading.Thread(target=self._up, args=(browser, server, losing), daemon=True).start()
            threading.Thread(target=self._down, args=(browser, server, losing), daemon=True).start()

    def _up(self, browser: socket.socket, server: socket.socket, losing: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := browser.recv(65536):
                if data.startswith(SEND) and self.lose_answers > 0:
                    self.lose_answers -= 1
                    losing.set()
                if self.cut_after and (last := LAST.search(data)):
                    again = last[1] == self._asked_after
                    self._arrival, self._asked_after = 2 * self._arrival if again else ARRIVAL, last[1]
                server.sendall(data)
        self._shut(browser, server)

    def _down(self, browser: socket.socket, server: socket.socket, losing: threading.Event) -> None:
        streaming, events, rest = False, 0, b""
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if losing.is_set():
                    self.lost += 1
                    break
                streaming = streaming or STREAM in data.lower()
                if not (streaming and self.cut_after):
                    browser.sendall(data)
                    continue
                rest += data
                while b"\n\n" in rest:
                    block, rest = rest.split(b"\n\n", 1)
                    browser.sendall(block + b"\n\n")
                    events += b"id: " in block
                    if events >= self.cut_after:
                        time.sleep(self._arrival)
                        self.cuts += 1
                        raise ConnectionAbortedError
        self._shut(browser, server)

    def _shut(self, *ends: socket.socket) -> None:
        for end in ends:
            self._open.discard(end)
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def break_all(self) -> None:
        """Every connection of this moment ends, as when a proxy restarts."""
        self._shut(*list(self._open))

    def stop(self) -> None:
        self._listener.close()
        self.break_all()
