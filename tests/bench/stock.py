"""The stock `rasa init` bot at its REST channel: what everybody starts from."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
import uuid
from pathlib import Path

import httpx

from tests.bench.client import Client
from tests.ports import free_port

RASA = str(Path(".venv/rasa/bin/rasa").absolute())
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}


class StockTalk:
    def __init__(self, base: str) -> None:
        self._client = Client(base)
        self._sender = uuid.uuid4().hex

    async def say(self, text: str) -> None:
        await self._client.post("/webhooks/rest/webhook", {"sender": self._sender, "message": text}, 200)

    async def close(self) -> None:
        self._client.close()


class Stock:
    """`rasa init`, `rasa train`, `rasa run` in a folder of its own. `train_s` and `start_s` are seconds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        port = free_port()
        self._port, self._base = port, f"http://127.0.0.1:{port}"
        self._env = {**os.environ, **QUIET}
        self._process: subprocess.Popen[bytes] | None = None
        self.train_s = self.start_s = 0.0

    def train(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._rasa("init", "--no-prompt", "--init-dir", str(self._folder))
        for model in self._folder.glob("models/*"):
            model.unlink()
        from_ = time.perf_counter()
        self._rasa("train", "--force")
        self.train_s = time.perf_counter() - from_

    def _rasa(self, *arguments: str) -> None:
        subprocess.run(
            [RASA, *arguments],
            cwd=self._folder,
            env=self._env,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def start(self) -> None:
        from_ = time.perf_counter()
        command = [RASA, "run", "--port", str(self._port), "--interface", "127.0.0.1"]
        self._process = subprocess.Popen(
            command,
            cwd=self._folder,
            env=self._env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while True:
            try:
                httpx.post(
                    f"{self._base}/webhooks/rest/webhook", json={"sender": "probe", "message": "hello"}, timeout=30
                ).raise_for_status()
                break
            except httpx.HTTPError:
                assert time.perf_counter() - from_ < 120, "the stock bot did not start"
                time.sleep(0.05)
        self.start_s = time.perf_counter() - from_

    def pids(self) -> list[int]:
        assert self._process is not None
        return [self._process.pid]

    async def open(self) -> StockTalk:
        await asyncio.sleep(0)
        return StockTalk(self._base)

    def stop(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(timeout=30)
