"""The real house: `python -m scripts.run` on free ports, with its own folder, ended by its process id."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from tests.ports import free_ports

READY_SECONDS = 240.0
END_SECONDS = 60.0
OWN_DISK = "unshare --user --map-root-user --mount sh -c"
INSIDE = "nsenter --user --preserve-credentials --mount --wd --target"
MOUNT = 'mount -t tmpfs -o size={mb}m,mode=700 tmpfs "$VAR_DIR" && exec "$@"'


def can_mount() -> bool:
    """Whether this machine lets anybody mount a disk that nobody else sees."""
    try:
        done = subprocess.run([*OWN_DISK.split(), "mount -t tmpfs tmpfs /mnt"], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


QUERY = """
import json, sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
print(json.dumps(database.execute(sys.argv[2]).fetchall()))
"""


class House:
    """Four processes. `gateway` is its address; `lines` what it printed so far."""

    def __init__(self, var: Path, now: str = "2026-11-25T09:00", *, disk_mb: int = 0, **settings: str) -> None:
        """`disk_mb`: the folder is a disk of its own, of this size, which only the house itself has mounted."""
        names = ("GATEWAY_PORT", "SCHEDULING_PORT", "RASA_PORT", "ACTIONS_PORT")
        self.ports = dict(zip(names, free_ports(4), strict=True))
        self.var = self._folder = var
        self._inside: list[str] = []
        self.env = {
            **os.environ,
            **{name: str(port) for name, port in self.ports.items()},
            "VAR_DIR": str(var),
            "TEST_MODE": "1",
            "TEST_NOW": now,
            **settings,
        }
        self._on_a_disk = [*OWN_DISK.split(), MOUNT.format(mb=disk_mb), "sh"] if disk_mb else []
        self.gateway = f"http://127.0.0.1:{self.ports['GATEWAY_PORT']}"
        self.lines: list[str] = []
        self._queue: queue.Queue[str | None] = queue.Queue()
        self._run: subprocess.Popen[str] | None = None

    def start(self) -> House:
        """Start and return when it says Ready; AssertionError with its lines when it does not."""
        self._run = subprocess.Popen(
            [*self._on_a_disk, sys.executable, "-m", "scripts.run"],
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self.wait_for("Ready: ", READY_SECONDS)
        except AssertionError:
            self.stop()
            raise
        if self._on_a_disk:
            self.var = Path(f"/proc/{self._run.pid}/root") / self.var.absolute().relative_to("/")
            self._inside = [*INSIDE.split(), str(self._run.pid)]
        return self

    def _read(self) -> None:
        assert self._run is not None
        assert self._run.stdout is not None
        for line in self._run.stdout:
            self._queue.put(line.rstrip())
        self._queue.put(None)

    def wait_for(self, text: str, seconds: float) -> str:
        """The next printed line that holds `text`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                line = self._queue.get(timeout=0.5)
            except queue.Empty:
                continue
            if line is None:
                break
            self.lines.append(line)
            if text in line:
                return line
        raise AssertionError(f"never printed {text!r}; the last lines:\n" + "\n".join(self.lines[-30:]))

    def pid(self, name: str) -> int:
        return int((self.var / "run" / f"{name}.pid").read_text())

    def health(self, name: str) -> str:
        """The address at which one process says that it can work."""
        path = {"gateway": "/readyz", "scheduling": "/readyz", "actions": "/health", "rasa": "/webhooks/private/ready"}[
            name
        ]
        return f"http://127.0.0.1:{self.ports[f'{name.upper()}_PORT']}{path}"

    def key(self) -> dict[str, str]:
        """The header that opens the private channel."""
        secrets = dict(line.split("=", 1) for line in (self.var / "secrets.env").read_text().splitlines())
        return {"Authorization": f"Bearer {secrets['BOT_TOKEN']}"}

    def kill(self, name: str, number: int) -> None:
        """Send a signal to one process of the house."""
        os.kill(self.pid(name), number)

    def query(self, store: str, statement: str) -> list[list[Any]]:
        """The rows of one of the SQLite files. Asked from inside: SQLite follows a path out of the house's own disk."""
        command = [*self._inside, sys.executable, "-I", "-S", "-c", QUERY, str(self._folder / f"{store}.db"), statement]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=120)
        rows: list[list[Any]] = json.loads(done.stdout)
        return rows

    def booked(self) -> list[dict[str, str]]:
        """Every visit that ever was booked: id, service, local start without offset, status."""
        rows = self.query(
            "scheduling",
            "SELECT id, service, local_start, status FROM booking WHERE patient_id IS NOT NULL ORDER BY first_cell, id",
        )
        return [dict(zip(("id", "service", "start", "status"), row, strict=True)) for row in rows]

    async def back_again(self, victim: str, old: int) -> None:
        """Return once another process than `old` says that it can work; AssertionError when it never does."""
        deadline = time.monotonic() + READY_SECONDS
        async with httpx.AsyncClient(timeout=10, verify=False) as http:
            while True:
                with contextlib.suppress(httpx.HTTPError, OSError, ValueError):
                    if self.pid(victim) != old and (await http.get(self.health(victim), headers=self.key())).is_success:
                        return
                assert time.monotonic() < deadline, f"{victim} did not come back"
                await asyncio.sleep(0.2)

    @property
    def status(self) -> int | None:
        """The exit status, once it has ended."""
        assert self._run is not None
        return self._run.poll()

    def stop(self) -> float:
        """Ctrl-C; returns the seconds until it had ended."""
        assert self._run is not None
        from_ = time.monotonic()
        if self._run.poll() is None:
            self._run.send_signal(signal.SIGINT)
        self._run.wait(timeout=END_SECONDS)
        return time.monotonic() - from_
