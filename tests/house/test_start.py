"""`make run`: one clear line for what is wrong, every process ended by Ctrl-C, a dead one started again."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.house.house import House

pytestmark = pytest.mark.stack


def start(tmp_path: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "VAR_DIR": str(tmp_path / "var"), **settings}
    return subprocess.run([sys.executable, "-m", "scripts.run"], env=env, capture_output=True, text=True, timeout=60)


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
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stderr
    read = [line for line in told.splitlines() if line.startswith("# code object from") and "site-packages" in line]
    assert read
    assert not [line for line in read if not line.endswith(".pyc'")]


def came_back(house: House, old: int) -> bool:
    try:
        return house.pid("actions") != old and httpx.get(house.health("actions")).is_success
    except (FileNotFoundError, httpx.HTTPError):
        return False


def test_ctrl_c_ends_all_four_and_a_dead_one_comes_back(tmp_path):
    house = House(tmp_path / "var").start()
    try:
        pids = [house.pid(name) for name in ("gateway", "scheduling", "rasa", "actions")]
        house.kill("actions", signal.SIGKILL)
        house.wait_for("actions ended; starting it again", 10)
        deadline = time.monotonic() + 20
        while not came_back(house, pids[3]):
            assert time.monotonic() < deadline, "not ready again within 20 s"
            time.sleep(0.5)
        pids.append(house.pid("actions"))
    finally:
        seconds = house.stop()
    assert seconds < 5
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert not list((tmp_path / "var" / "run").glob("*.pid"))


def test_secrets_are_made_once_and_kept_to_their_owner(tmp_path):
    from scripts.run import load_secrets

    file = tmp_path / "secrets.env"
    first = load_secrets(file)
    assert load_secrets(file) == first
    assert file.stat().st_mode & 0o777 == 0o600
    assert all(len(value) >= 32 for value in first.values())
