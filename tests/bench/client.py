"""The bench's own client, light enough not to be what is measured: it shares the machine's cores with the bots.

httpx took 5 to 6 ms of processor time for each message, a sixth of everything. The POST is the gateway's own way to Rasa
(`gateway/wire.py`), for both bots; `events` reads a stream of server-sent events.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import httptools

from gateway.wire import Wire

SECONDS = 60.0


class Client:
    """One talk's way to a bot at `http://host:port`."""

    def __init__(self, url: str, **headers: str) -> None:
        self._url, self._headers = url, headers
        self._wire = Wire(url, headers)

    async def post(self, path: str, body: object, status: int) -> Any:
        """Post JSON and return the JSON of the answer, whose status is the expected one."""
        answer = await self._wire.ask("POST", path, SECONDS, json.dumps(body).encode())
        assert answer.status == status, (answer.status, answer.body[:200])
        return json.loads(answer.body) if answer.body else None

    async def events(self, path: str) -> AsyncIterator[dict[str, Any]]:
        """The data of each server-sent event, until the stream ends or nobody asks for more."""
        host = urlsplit(self._url)
        reader, writer = await asyncio.open_connection(host.hostname, host.port)
        lines = {"Host": host.netloc, "Accept": "text/event-stream", **self._headers}
        writer.write(f"GET {path} HTTP/1.1\r\n".encode())
        writer.write("".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode() + b"\r\n")
        stream = _Body()
        try:
            while data := await reader.read(65536):
                for event in stream.more(data):
                    for line in event.split("\n"):
                        if line.startswith("data:"):
                            yield json.loads(line[5:])
        finally:
            writer.close()

    def close(self) -> None:
        self._wire.close()


class _Body:
    """Cuts the body of one HTTP answer into its events."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._rest = b""

    def more(self, data: bytes) -> list[str]:
        self._parser.feed_data(data)
        *whole, self._rest = self._rest.split(b"\n\n")
        return [event.decode() for event in whole]

    def on_headers_complete(self) -> None:
        assert self._parser.get_status_code() == 200, self._parser.get_status_code()

    def on_body(self, part: bytes) -> None:
        self._rest += part
