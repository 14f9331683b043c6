"""The four real processes on free ports, with a folder, secrets and a clock of their own; ended by their process ids.

    with Stack(folder) as stack:
        stack.gateway, stack.rasa, stack.scheduling     addresses on loopback
        stack.set_clock("2026-11-25T09:30")             for all four at once
        stack.stop("scheduling"); stack.start("scheduling")
        stack.pause("actions"); stack.resume("actions")

`RASA_MODEL` names the model to serve; without it the newest of models/ is served. Logs are $folder/<name>.log.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import signal
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.nursery import Forked, Nursery
from tests.ports import free_ports

ROOT = Path(__file__).resolve().parent.parent
RASA_PYTHON = str(ROOT / ".venv/rasa/bin/python")
SERVICES_PYTHON = str(ROOT / ".venv/services/bin/python")
COMMANDS = {
    "scheduling": [SERVICES_PYTHON, "-m", "scheduling", "serve"],
    "actions": [RASA_PYTHON, "-m", "actions.serve"],
    "rasa": [RASA_PYTHON, "-m", "bot.serve"],
    "gateway": [SERVICES_PYTHON, "-m", "gateway", "serve"],
}
PRELOADED = {
    SERVICES_PYTHON: (
        "gateway.app",
        "gateway.server",
        "scheduling.serve",
        "alembic.command",
        "twilio.rest",
        "scripts.patient",
    ),
    RASA_PYTHON: ("tests.bot_preloaded", "actions.skills", "rasa_sdk.endpoint"),
}
PORTS = {"scheduling": "SCHEDULING_PORT", "actions": "ACTIONS_PORT", "rasa": "RASA_PORT", "gateway": "GATEWAY_PORT"}
READY_SECONDS = 240.0
STOP_SECONDS, END_SECONDS = 10.0, 60.0
ANSWER_SECONDS = 60.0
"""How long a machine that does three other things may take; nobody waits so long where all is well."""
NOW = "2026-11-25T09:00"


class StackError(AssertionError):
    """A process did not start; the message ends with its last lines."""


_started: list[Nursery] = []


@cache
def nursery(python: str) -> Nursery:
    """The one of this process for an environment."""
    _started.append(Nursery(python, PRELOADED[python]))
    return _started[-1]


def serve(package: str, environ: dict[str, str], log: Path) -> Forked:
    """What `python -m {package} serve` runs, with this environment; what it prints is added to `log`."""
    return nursery(SERVICES_PYTHON).fork(["-m", package, "serve"], environ, log)


@pytest.fixture(scope="session", autouse=True)
def nurseries() -> Iterator[None]:
    """Ends them with the tests, so that their processor time is counted."""
    yield
    for one in _started:
        one.close()
    _started.clear()
    nursery.cache_clear()


class Stack:
    """See the module. `settings` are added to the environment of the processes.

    They are forked from one that has done the imports, which spares three quarters of a start; with `forked=False` each is
    started by its command, as a supervisor does.
    """

    names = tuple(COMMANDS)

    def __init__(self, folder: Path, now: str = NOW, *, forked: bool = True, **settings: str) -> None:
        self.folder = folder
        self._forked = forked
        self.ports = dict(zip(COMMANDS, free_ports(len(COMMANDS)), strict=True))
        self.clock = folder / "now"
        folder.mkdir(parents=True, exist_ok=True)
        self._stamp = 0
        self.set_clock(now)
        self.tokens = {name: secrets.token_urlsafe(24) for name in ("BOT_TOKEN", "SCHEDULING_TOKEN", "SIGNING_KEY")}
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TEST_")},
            **{PORTS[name]: str(port) for name, port in self.ports.items()},
            **self.tokens,
            "VAR_DIR": str(folder),
            "TEST_MODE": "1",
            "TEST_NOW_FILE": str(self.clock),
            "PYTHONUNBUFFERED": "1",
            "RASA_TELEMETRY_ENABLED": "false",
            # One tester speaks faster than any patient.
            "GATEWAY_LIMIT_SESSION": "100000/1",
            "GATEWAY_LIMIT_ADDRESS": "100000/1",
            "GATEWAY_LIMIT_SESSIONS": "100000/1",
            # Nobody loses patience with a busy machine, unless a test is about that.
            "GATEWAY_APOLOGISE_SECONDS": "150",
            "SCHEDULING_ANSWER_SECONDS": "8",
            **settings,
        }
        self.own: dict[str, dict[str, str]] = {}
        """Settings of one process alone, by its name."""
        self._kept: dict[str, list[tuple[Any, ...]]] = {}
        self._codes_read = 0
        self._children: dict[str, subprocess.Popen[bytes] | Forked] = {}

    @property
    def gateway(self) -> str:
        return f"http://127.0.0.1:{self.ports['gateway']}"

    @property
    def rasa(self) -> str:
        return f"http://127.0.0.1:{self.ports['rasa']}"

    @property
    def scheduling(self) -> str:
        return f"http://127.0.0.1:{self.ports['scheduling']}"

    def __enter__(self) -> Stack:
        try:
            for name in self.names:
                self.start(name, wait=False)
            for name in self.names:
                self.wait(name)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for name in reversed(list(self._children)):
            self.stop(name)

    def set_clock(self, local: str) -> None:
        """Set the clock of all processes to a clinic-local time; from there it goes on at normal speed."""
        # In one step: whoever looks at the clock meanwhile sees the old time or the new one, never an empty file.
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(local)
        # Two settings within one tick of the file system must still look different; a float tells microseconds apart.
        self._stamp += 1_000
        stamp = time.time_ns() + self._stamp
        os.utime(fresh, ns=(stamp, stamp))
        fresh.replace(self.clock)

    def start(self, name: str, wait: bool = True) -> None:
        """Start one process; StackError with its last lines when it does not get ready."""
        python, *arguments = COMMANDS[name]
        env, file = self.env | self.own.get(name, {}), self.folder / f"{name}.log"
        if self._forked:
            self._children[name] = nursery(python).fork(arguments, env, file)
        else:
            with file.open("ab") as log:
                self._children[name] = subprocess.Popen(
                    COMMANDS[name], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log
                )
        if wait:
            self.wait(name)

    def wait(self, name: str) -> None:
        """Return once the process answers."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if self._children[name].poll() is not None:
                raise StackError(f"{name} ended:\n{self.log(name)[-3000:]}")
            if self._answers(name):
                return
            time.sleep(0.1)
        raise StackError(f"{name} is not ready after {READY_SECONDS:.0f} s:\n{self.log(name)[-3000:]}")

    def _answers(self, name: str) -> bool:
        path, token = {
            "scheduling": ("/healthz", ""),
            "actions": ("/health", ""),
            "rasa": ("/webhooks/private/ready", self.tokens["BOT_TOKEN"]),
            "gateway": ("/healthz", ""),
        }[name]
        request = urllib.request.Request(f"http://127.0.0.1:{self.ports[name]}{path}")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def stop(self, name: str) -> None:
        """End one process by its id: SIGTERM, and SIGKILL when it does not end in ten seconds."""
        child = self._children.pop(name)
        if child.poll() is None:
            child.send_signal(signal.SIGCONT)
            child.terminate()
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait(END_SECONDS)

    def kill(self, name: str) -> None:
        """End one process at once (SIGKILL), as a crash does."""
        child = self._children.pop(name)
        child.kill()
        child.wait(END_SECONDS)

    def pause(self, name: str) -> None:
        """Let a process answer nothing, as one that hangs (SIGSTOP)."""
        self._children[name].send_signal(signal.SIGSTOP)

    def resume(self, name: str) -> None:
        self._children[name].send_signal(signal.SIGCONT)

    def pid(self, name: str) -> int:
        return self._children[name].pid

    def log(self, name: str) -> str:
        """All that a process wrote so far."""
        file = self.folder / f"{name}.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def scheduling_requests(self) -> str:
        """What the scheduling service wrote about every request that is answered by now."""
        mark = f"/v1/{secrets.token_hex(8)}"
        self.ask_scheduling("GET", mark)
        deadline = time.monotonic() + ANSWER_SECONDS
        while mark not in (log := self.log("scheduling")):
            assert time.monotonic() < deadline, "the service does not write down its requests"
            time.sleep(0.02)
        return log[: log.index(mark)]

    def scheduling_command(self, *words: str) -> str:
        """What `python -m scheduling …` prints, over this stack's database."""
        done = nursery(SERVICES_PYTHON).run(["-m", "scheduling", *words], self.env)
        if done.returncode:
            raise AssertionError(f"scheduling {words[0]}: {done.stderr[-1000:]}")
        return done.stdout

    def appointments(self) -> list[dict[str, Any]]:
        """What `python -m scheduling list --json` shows as booked."""
        listed = json.loads(self.scheduling_command("list", "--json"))
        rows: list[dict[str, Any]] = listed["appointments"] if isinstance(listed, dict) else listed
        return rows

    # ---- the book between talks ----------------------------------------------------------------------------------------

    def remember(self) -> None:
        """Keep what the service's database holds now as what every talk begins with; codes and proofs do not count."""
        with contextlib.closing(self._database()) as database, database:
            for table in ("code_event", "contact_match", "patient_token", "message"):
                database.execute(f"DELETE FROM {table}")
            self._kept = {
                table: database.execute(f"SELECT * FROM {table}").fetchall() for table in self._tables(database)
            }

    def forget(self) -> None:
        """Put the service's database back to what was kept; bookings of the talk before are gone (the audit is append-only)."""
        with contextlib.closing(self._database()) as database, database:
            database.execute("PRAGMA foreign_keys = OFF")
            for table in self._tables(database):
                database.execute(f"DELETE FROM {table}")
                rows = self._kept.get(table, [])
                if rows:
                    marks = ",".join("?" * len(rows[0]))
                    database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    def open_visits(self) -> list[dict[str, str]]:
        """The visits that will take place, in order of time, straight from the book: id, service, location, local start."""
        with contextlib.closing(self._database()) as database:
            rows = database.execute(
                "SELECT id, service, location, local_start, status FROM booking"
                " WHERE status IN ('booked', 'confirmed') AND patient_id IS NOT NULL ORDER BY first_cell, id"
            ).fetchall()
        return [dict(zip(("id", "service", "location", "start", "status"), row, strict=True)) for row in rows]

    def _database(self) -> sqlite3.Connection:
        return sqlite3.connect(self.folder / "scheduling.db", timeout=ANSWER_SECONDS)

    @staticmethod
    def _tables(database: sqlite3.Connection) -> list[str]:
        rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return [name for (name,) in rows if name not in ("alembic_version", "audit")]

    def last_code(self, seconds: float = ANSWER_SECONDS) -> str:
        """The last one-time code that was to be sent: from the outbox file, else from the service's own queue."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            # The queue first: a code leaves it only after it was written to the file.
            with contextlib.closing(self._database()) as database:
                due = database.execute(
                    "SELECT text FROM message WHERE kind = 'code' AND text IS NOT NULL ORDER BY created_at, rowid"
                ).fetchall()
            sent = [one for line in self._outbox()[self._codes_read :] if (one := json.loads(line))["kind"] == "code"]
            texts = [*(str(one["text"]) for one in sent), *(text for (text,) in due)]
            found = [match[0] for text in texts if (match := re.search(r"(?<!\d)\d{6}(?!\d)", text))]
            if found:
                return found[-1]
            time.sleep(0.2)
        raise AssertionError("no code was sent")

    def read_outbox(self) -> None:
        """Count what is in the outbox file as read."""
        self._codes_read = len(self._outbox())

    def _outbox(self) -> list[str]:
        """The lines of the outbox file that are written to their end."""
        file = self.folder / "outbox.jsonl"
        return file.read_text().split("\n")[:-1] if file.exists() else []

    def take(self, label: str, day: str) -> None:
        """Somebody else takes an offered time, named by its label."""
        found = self.ask_scheduling("GET", f"/v1/slots?service=consultation&window={day}T00:00/{day}T24:00&limit=100")
        for slot in found["slots"]:
            hour, minute = int(slot["start"][11:13]), slot["start"][14:16]
            said = f"{hour % 12 or 12}:{minute} {'am' if hour < 12 else 'pm'}"
            if f" {said}" in label and slot["location"].replace("-", " ") in label.lower():
                self.ask_scheduling("POST", "/v1/holds", {"slot_id": slot["slot_id"]})
                return
        raise AssertionError(f"{label} is not free")

    def ask_scheduling(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """A call of the scheduling service as its clients make it; the JSON of the answer, whatever its status."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.scheduling + path, data, method=method)
        request.add_header("Authorization", f"Bearer {self.tokens['SCHEDULING_TOKEN']}")
        if data:
            request.add_header("Content-Type", "application/json")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            text = error.read()
        return json.loads(text) if text else None
