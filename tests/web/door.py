"""The real gateway, `python -m gateway serve`, in front of the scripted channel: own port, own folder, ended by its process id."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
import urllib.request
from pathlib import Path

from tests.nursery import Forked
from tests.ports import free_port
from tests.stack import serve
from tests.web.channel import Channel

START_SECONDS = 120.0


class Door:
    """`url` is where the chat lives; `log` holds everything the process printed."""

    def __init__(self, var: Path, port: int | None = None, **settings: str) -> None:
        self.channel = Channel()
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.var = var
        self.log = var / "gateway.log"
        self.now = var / "now"
        self.now.write_text("2026-11-25T09:00")
        self._env = {
            **os.environ,
            "VAR_DIR": str(var),
            "GATEWAY_PORT": str(self.port),
            "RASA_PORT": str(self.channel.port),
            "BOT_TOKEN": "bot-token-of-the-web-tests-0123456789",
            "SCHEDULING_TOKEN": "scheduling-token-of-the-web-tests-0123456789",
            "SIGNING_KEY": "signing-key-of-the-web-tests-0123456789",
            "TEST_MODE": "1",
            "TEST_NOW_FILE": str(self.now),
            "GATEWAY_LIMIT_SESSIONS": "1000/60",
            "GATEWAY_LIMIT_SESSION": "1000/60",
            "GATEWAY_LIMIT_ADDRESS": "9000/60",
            "GATEWAY_APOLOGISE_SECONDS": "600",
            **settings,
        }
        self._process: Forked | None = None

    def start(self) -> Door:
        self._process = serve("gateway", self._env, self.log)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=10):
                    return self
            except OSError:
                time.sleep(0.1)
        self.stop()
        raise AssertionError(f"the gateway did not start:\n{self.log.read_text()[-3000:]}")

    def kill(self) -> None:
        """End the gateway alone, as a crash would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(START_SECONDS)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
            self._process.kill()
        self.channel.stop()
