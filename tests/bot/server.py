"""A real `python -m bot.serve` for tests, and talks with it."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from tests.ports import free_port

TOKEN = "a-token-for-tests"


def environment(folder: Path, **more: str) -> dict[str, str]:
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return keep | {"VAR_DIR": str(folder / "var"), "BOT_TOKEN": TOKEN, "ACTIONS_PORT": str(free_port())} | more


@dataclass
class Server:
    """A running `python -m bot.serve`."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def call(self, method: str, path: str, body: object = None, token: str | None = TOKEN) -> tuple[int, dict]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=240)
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        connection.request(method, path, data, headers)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else {}

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


@dataclass
class Talk:
    """One conversation with a server."""

    server: Server
    channel: str = "web"
    conversation: str = field(default_factory=lambda: str(uuid.uuid4()))

    def post(self, message_id: str | None = None, **said: object) -> tuple[int, dict]:
        body = {
            "conversation": self.conversation,
            "message_id": message_id or str(uuid.uuid4()),
            "channel": self.channel,
        }
        return self.server.call("POST", "/webhooks/private/turn", body | said)

    def say(self, text: str, message_id: str | None = None) -> list[dict]:
        status, body = self.post(message_id, text=text)
        assert status == 200, body
        assert body["replies"], "a turn is never silent"
        return body["replies"]

    def press(self, payload: str) -> list[dict]:
        status, body = self.post(payload=payload)
        assert status == 200, body
        return body["replies"]


def start(folder: Path, program: tuple[str, ...] = ("-m", "bot.serve"), **more: str) -> Server:
    """Run it until it is ready; `more` is added to its environment."""
    port = free_port()
    log = folder / f"serve-{port}.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, *program],
            cwd=folder,
            env=environment(folder, RASA_PORT=str(port), **more),
            stderr=sink,
        )
    server = Server(process, port, log)
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if server.call("GET", "/webhooks/private/ready")[0] == 200:
                return server
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"the server did not start: {log.read_text()[-2000:]}")
