"""A tiny trained bot (tests/bot/fixture) and, where a test needs it, its server on a free port with its own VAR_DIR."""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as bot.serve does, before numpy is loaded

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import lean
from tests.bot.server import Server, Talk, environment, start

lean.install()  # TensorFlow takes seven seconds of processor time; what needs it runs in a process of its own

ROOT = Path(__file__).parents[2]
FIXTURE = Path(__file__).parent / "fixture"


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like the checkout, with the tiny bot's domain and data, and its trained model."""
    folder = tmp_path_factory.mktemp("house")
    for name in ("bot", "clinic", "clinic.yml", "config.yml", "endpoints.yml"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "domain.yml").symlink_to(FIXTURE / "domain.yml")
    (folder / "data").symlink_to(FIXTURE / "data")
    for vectors in (ROOT / ".rasa/cache").glob(
        "phrases-*.npz"
    ):  # the guard's phrases are the real bot's: no need to encode them again
        (folder / ".rasa/cache").mkdir(parents=True, exist_ok=True)
        shutil.copy(vectors, folder / ".rasa/cache")
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot.train"],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=560,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (folder / "imports").write_text(done.stderr)
    return folder


@pytest.fixture(scope="session")
def server(house: Path) -> Iterator[Server]:
    running = start(house)
    yield running
    running.stop()


@pytest.fixture
def talk(server: Server) -> Talk:
    return Talk(server)
