"""HTTP/1.1 to one server that we trust: connections kept open, one request at a time on each, nothing but bytes.

With httpx, made for the whole web, the one POST per message took a third of the gateway's processor time.

WireError
├── Unreachable    there was no connection: nothing was sent
└── Broken         sent, and then the connection ended, spoke nonsense or stayed silent
"""

from __future__ import annotations

import asyncio
import ssl
import time
from typing import NamedTuple, cast
from urllib.parse import urlsplit

import httptools

CONNECT_SECONDS = 2.0
QUEUE_SECONDS = 5.0
MOST_CONNECTIONS = 200
IDLE_SECONDS = 4.0  # less than any server keeps a silent connection, so that none closes under a request


class WireError(Exception):
    """Asking failed. The message says how, and nothing of what was sent."""


class Unreachable(WireError):
    pass


class Broken(WireError):
    pass


class Answer(NamedTuple):
    status: int
    body: bytes


class Wire:
    """`ask` a server by its address, `http://host:port`; `headers` go with every request."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        parts = urlsplit(url)
        self._host, self._tls = parts.hostname or "", parts.scheme == "https"
        self._port = parts.port or (443 if self._tls else 80)
        self._root = parts.path.rstrip("/")
        lines = {"Host": parts.netloc.rpartition("@")[2], **headers}
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self._idle: list[_Connection] = []
        self._free = asyncio.Semaphore(MOST_CONNECTIONS)

    async def ask(self, method: str, path: str, seconds: float, body: bytes = b"") -> Answer:
        """Send a request (a body is JSON) and return what was answered within `seconds`. Raises WireError."""
        try:
            async with asyncio.timeout(QUEUE_SECONDS):
                await self._free.acquire()
        except TimeoutError:
            raise Unreachable("all connections are busy") from None
        try:
            connection = self._kept() or await self._connect()
            kind = "Content-Type: application/json\r\n" if body else ""
            head = f"{method} {self._root}{path} HTTP/1.1\r\n{self._headers}{kind}Content-Length: {len(body)}\r\n\r\n"
            try:
                async with asyncio.timeout(seconds):
                    answer = await connection.ask(head.encode() + body)
            except TimeoutError:
                raise Broken("no answer in time") from None
            finally:
                if connection.fit:
                    connection.since = time.monotonic()
                    self._idle.append(connection)
                else:
                    connection.close()
            return answer
        finally:
            self._free.release()

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _kept(self) -> _Connection | None:
        oldest = time.monotonic() - IDLE_SECONDS
        while self._idle:
            connection = self._idle.pop()
            if connection.fit and connection.since > oldest:
                return connection
            connection.close()
        return None

    async def _connect(self) -> _Connection:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                secure = ssl.create_default_context() if self._tls else None
                loop = asyncio.get_running_loop()
                _, connection = await loop.create_connection(_Connection, self._host, self._port, ssl=secure)
        except (OSError, TimeoutError) as error:
            raise Unreachable(type(error).__name__) from None
        return connection


class _Connection(asyncio.Protocol):
    """`fit` while another request may be sent on it."""

    def __init__(self) -> None:
        self.fit, self.since = True, 0.0
        self._transport: asyncio.WriteTransport | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._body = bytearray()

    async def ask(self, request: bytes) -> Answer:
        if self._transport is None or not self.fit:
            raise Broken("the connection has ended")
        self.fit = False
        self._body.clear()
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        self.fit = False
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)

    def connection_lost(self, _error: Exception | None) -> None:
        self.fit, self._transport = False, None
        self._fail("the connection ended")

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail("not HTTP")
            self.close()

    def on_body(self, part: bytes) -> None:
        self._body += part

    def on_message_complete(self) -> None:
        status, kept = self._parser.get_status_code(), self._parser.should_keep_alive()
        if self._answer is None or self._answer.done():
            self.close()  # an answer that nobody asked for, or waits for any more
        elif status >= 200:
            self.fit = kept and self._transport is not None
            self._answer.set_result(Answer(status, bytes(self._body)))

    def _fail(self, why: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Broken(why))
