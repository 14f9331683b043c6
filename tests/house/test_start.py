"""`make run`: one clear line for what is wrong. How it ends, and what it does about a dead process: test_recovery.py."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.run import Process
from tests.ports import free_ports


def start(tmp_path: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    names = (
        "GATEWAY_PORT",
        "SCHEDULING_PORT",
        "RASA_PORT",
        "ACTIONS_PORT",
    )  # a product that runs here is not in the way
    ports = {name: str(port) for name, port in zip(names, free_ports(4), strict=True)}
    env = {**os.environ, **ports, "VAR_DIR": str(tmp_path / "var"), **settings}
    return subprocess.run([sys.executable, "-m", "scripts.run"], env=env, capture_output=True, text=True, timeout=240)


def test_a_taken_port_is_named_with_its_variable(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = start(tmp_path, GATEWAY_PORT=str(port))
    assert answer.returncode == 1
    assert answer.stderr.splitlines() == [
        f"run: port {port} is taken: stop what uses it, or set GATEWAY_PORT to another port"
    ]


def test_a_broken_clinic_file_is_named_with_its_line(tmp_path):
    file = tmp_path / "clinic.yml"
    file.write_text(Path("clinic.yml").read_text().replace("America/Chicago", "America/Chicagoo"))
    answer = start(tmp_path, CLINIC_FILE=str(file))
    assert answer.returncode == 1
    assert len(answer.stderr.splitlines()) == 1
    assert "clinic.yml:9: timezone" in answer.stderr


def test_a_test_time_without_test_mode_is_refused(tmp_path):
    answer = start(tmp_path, TEST_NOW="2026-11-25T09:00", TEST_MODE="")
    assert answer.returncode == 1
    assert "TEST_MODE=1" in answer.stderr


@pytest.mark.parametrize(("name", "modules"), [("services", "fastapi, sqlalchemy"), ("rasa", "sanic, sqlalchemy")])
def test_a_start_finds_every_package_compiled(name, modules):
    """Without it a start takes three times as long where bytecode may not be written, as under systemd."""
    command = [f".venv/{name}/bin/python", "-v", "-c", f"import {modules}"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=240).stderr
    read = [line for line in told.splitlines() if line.startswith("# code object from") and "site-packages" in line]
    assert read
    assert not [line for line in read if not line.endswith(".pyc'")]


def test_secrets_are_made_once_and_kept_to_their_owner(tmp_path):
    from scripts.run import load_secrets

    file = tmp_path / "secrets.env"
    first = load_secrets(file)
    assert load_secrets(file) == first
    assert file.stat().st_mode & 0o777 == 0o600
    assert all(len(value) >= 32 for value in first.values())


async def test_a_process_that_keeps_dying_is_started_ever_more_slowly(tmp_path, monkeypatch):
    process = Process("short", ["true"], dict(os.environ), tmp_path / "short.pid")
    process.settled = True
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 8:
            await process.stop()

    monkeypatch.setattr("scripts.run.asyncio.sleep", sleep)
    await process.keep_running()
    assert pauses == [0, 1, 2, 4, 8, 16, 30, 30]
