"""The gateway as its users meet it: a process of its own on a free port, and a browser's side of the chat API."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import httpx

from tests.gateway.fake_rasa import TOKEN
from tests.nursery import Forked
from tests.ports import free_port
from tests.stack import serve

ROOT = Path(__file__).resolve().parents[2]
GENEROUS = {
    "GATEWAY_LIMIT_SESSION": "1000/1",
    "GATEWAY_LIMIT_ADDRESS": "10000/1",
    "GATEWAY_LIMIT_CLINIC": "10000/1",
    "GATEWAY_LIMIT_SESSIONS": "10000/1",
    "GATEWAY_REPEAT_SECONDS": "100",
    "GATEWAY_APOLOGISE_SECONDS": "200",
}
PATIENCE = 60.0
"""Seconds until something is held to have gone wrong. Machines are slow and stand still at times: nothing may depend on it but that."""


def wait_for(there: Callable[[], Any], seconds: float = PATIENCE) -> None:
    """Return as soon as it holds; AssertionError after so many seconds."""
    until = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < until, f"not within {seconds} s"
        time.sleep(0.03)


def browser(url: str) -> httpx.Client:
    """A client for one server on loopback. Reading the list of authorities, which httpx does for each, takes 50 ms."""
    return httpx.Client(base_url=url, timeout=PATIENCE, verify=False)


class FrontDoor:
    """Starts, kills and restarts what `python -m gateway serve` runs, on one VAR_DIR. `running`: those that were not ended."""

    running: ClassVar[set[FrontDoor]] = set()

    def __init__(self, var: Path, rasa_port: int, **environ: str) -> None:
        self.var, self.port = var, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = browser(self.url)
        self.log = var / "gateway.log"
        self.environ = (
            {
                key: value
                for key, value in os.environ.items()
                if not key.startswith(("GATEWAY", "TEST_", "TWILIO", "SM", "ALERT"))
            }
            | {
                "VAR_DIR": str(var),
                "GATEWAY_PORT": str(self.port),
                "GATEWAY_HOST": "127.0.0.1",
                "RASA_PORT": str(rasa_port),
                "ACTIONS_PORT": str(free_port()),
                "SCHEDULING_PORT": str(free_port()),
                "BOT_TOKEN": TOKEN,
                "SCHEDULING_TOKEN": "scheduling-token-for-tests",
                "SIGNING_KEY": "signing-key-for-tests",
            }
            | GENEROUS
            | environ
        )
        self.process: Forked | None = None

    def start(self, wait: bool = True) -> None:
        self.process = serve("gateway", self.environ, self.log)
        self.running.add(self)
        until = time.monotonic() + 2 * PATIENCE
        while wait:
            try:
                if self.http.get("/healthz").status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the gateway did not start:\n{self.log.read_text()}")
            time.sleep(0.03)

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.exit_code()

    def stop(self) -> float:
        """Ask it to stop; returns how many seconds that took."""
        assert self.process
        begun = time.monotonic()
        self.process.terminate()
        self.exit_code()
        return time.monotonic() - begun

    def exit_code(self) -> int:
        """How it ended; waits for that."""
        assert self.process
        status = self.process.wait(PATIENCE)
        self.running.discard(self)
        return status

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.http.get(path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.http.post(path, **more)

    def settle(self) -> None:
        """Wait until nothing is under way that a later test would take for its own."""
        wait_for(lambda: not self.rows(UNDER_WAY, now := time.time(), now, now))

    def chat(self) -> Chat:
        return Chat(self.url)

    def rows(self, query: str, *values: Any) -> list[Any]:
        """What a query of its database finds; what a statement changes stays changed."""
        with closing(sqlite3.connect(self.var / "gateway.db", timeout=30)) as database, database:
            return database.execute(query, values).fetchall()


UNDER_WAY = """select 1 from inbox where done_at is null and hold_until <= ? union all
    select 1 from outbox where state in ('waiting', 'sending') and (lease_until > ? or next_at <= ?)"""


class Chat:
    """One visitor: a session, and the events read so far."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.http = browser(url)
        self.token = token or self.http.post("/chat/session").raise_for_status().json()["token"]
        self.events: list[dict[str, Any]] = []

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def post(self, **body: Any) -> httpx.Response:
        return self.http.post("/chat/messages", json=body, headers=self.headers)

    def send(self, text: str, message_id: str | None = None) -> str:
        message_id = message_id or uuid.uuid4().hex
        answer = self.post(client_msg_id=message_id, text=text)
        assert answer.status_code == 202, answer.text
        return message_id

    def choose(self, choice_id: str) -> str:
        message_id = uuid.uuid4().hex
        assert self.post(client_msg_id=message_id, choice_id=choice_id).status_code == 202
        return message_id

    def poll(self, after: int | None = None, wait: int = 0) -> list[dict[str, Any]]:
        seq = after if after is not None else (self.events[-1]["seq"] if self.events else 0)
        answer = self.http.get(f"/chat/events?after={seq}&wait={wait}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["events"]
        if after is None:
            self.events += found
        return found

    def until_idle(self, message_id: str) -> list[dict[str, Any]]:
        """Read on until the turn of this message has ended; returns what the bot said to it."""
        self.until(
            lambda: any(
                e["type"] == "status" and e["state"] == "idle" and e["in_reply_to"] == message_id for e in self.events
            )
        )
        return self.said(message_id)

    def until(self, heard: Callable[[], Any]) -> None:
        """Read on until it holds of the events."""
        until = time.monotonic() + PATIENCE
        while not heard():
            assert time.monotonic() < until, f"not within {PATIENCE} s: {self.events}"
            self.poll(wait=2)

    def said(self, message_id: str) -> list[dict[str, Any]]:
        return [e for e in self.events if e["type"] == "bot" and e.get("in_reply_to") == message_id]

    def ask(self, text: str) -> list[dict[str, Any]]:
        return self.until_idle(self.send(text))


class Stream:
    """An open SSE connection read in a thread; `events` grows as they arrive, and `beats`, one in 15 quiet seconds."""

    def __init__(self, chat: Chat, after: int = 0) -> None:
        self.events: list[dict[str, Any]] = []
        self.ids: list[int] = []
        self.beats = 0
        self.opened = threading.Event()
        self.ended = threading.Event()
        self._chat, self._after = chat, after
        self._client = browser(str(chat.http.base_url))
        self.response: httpx.Response | None = None
        threading.Thread(target=self._read, daemon=True).start()
        assert self.opened.wait(PATIENCE)

    def _read(self) -> None:
        headers = self._chat.headers | {"Accept": "text/event-stream", "Last-Event-ID": str(self._after)}
        try:
            with self._client.stream("GET", "/chat/events", headers=headers) as response:
                self.response = response
                for line in response.iter_lines():
                    self.opened.set()
                    if line.startswith("id: "):
                        self.ids.append(int(line[4:]))
                    elif line.startswith("data: "):
                        self.events.append(json.loads(line[6:]))
                    elif line.startswith(":"):
                        self.beats += 1
        except httpx.HTTPError:
            pass
        finally:
            self.opened.set()
            self.ended.set()

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        wait_for(lambda: len(self.events) >= count)
        return self.events

    def close(self) -> None:
        self._client.close()
