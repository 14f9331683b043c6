"""The server process: loopback only, one line when a setting is missing, and never a tracker in an answer or a log."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from actions import settings
from clinic.settings import SettingsError
from tests.ports import free_port


def call(port, path, body=None):
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("actions"), free_port()
    env = {
        **os.environ,
        "ACTIONS_PORT": str(port),
        "SCHEDULING_PORT": "9",
        "SCHEDULING_TOKEN": "t",
        "VAR_DIR": str(folder),
    }
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen([sys.executable, "-m", "actions.serve"], env=env, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 120
        while True:
            try:
                call(port, "/health")
                break
            except OSError:
                assert child.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < until
                time.sleep(0.1)
        yield port, folder / "log"
    finally:
        child.terminate()
        child.wait()


def test_it_is_healthy_and_lists_every_action(server):
    port, _ = server
    assert call(port, "/health")[0] == 200
    names = {one["name"] for one in call(port, "/actions")[1]}
    assert {"action_book", "action_in_task", "action_did_you_mean"} <= names


def test_it_listens_on_loopback_only(server):
    port, _ = server
    listening = subprocess.run(["cat", "/proc/net/tcp"], capture_output=True, text=True, check=True).stdout
    lines = [line.split() for line in listening.splitlines()[1:]]
    hosts = {line[1].split(":")[0] for line in lines if line[3] == "0A" and int(line[1].split(":")[1], 16) == port}
    assert hosts == {"0100007F"}


def test_an_error_gives_nothing_of_the_request_away(server):
    port, log = server
    body = {"next_action": "action_book", "tracker": {"slots": {"name": "Canary Person"}}, "domain": {}}
    status, answer = call(port, "/webhook", body)
    assert status == 500
    assert "Canary" not in json.dumps(answer)
    assert "Canary" not in log.read_text()


def test_scheduling_down_is_answered_and_logged_without_what_was_said(server):
    port, log = server
    latest = {
        "text": "Canary consultation next Tuesday, I'm Canary Person",
        "message_id": "m1",
        "intent": {"name": "book"},
        "entities": [
            {"entity": "visit_type", "value": "consultation"},
            {"entity": "when", "value": {"windows": [["2099-01-01T00:00", "2099-01-02T00:00"]]}},
        ],
    }
    tracker = {"sender_id": "c1", "slots": {}, "latest_message": latest, "events": [], "active_loop": {}}
    status, answer = call(
        port, "/webhook", {"next_action": "action_book", "sender_id": "c1", "tracker": tracker, "domain": {}}
    )
    assert status == 200
    assert "612-555-0100" in answer["responses"][0]["text"]
    assert "Canary" not in log.read_text()


def test_a_missing_setting_ends_the_start_with_one_line(tmp_path):
    env = {name: value for name, value in os.environ.items() if name != "SCHEDULING_TOKEN"}
    env |= {"VAR_DIR": str(tmp_path), "ACTIONS_PORT": str(free_port())}
    done = subprocess.run(
        [sys.executable, "-m", "actions.serve"], env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if "SCHEDULING_TOKEN" in line]


def test_the_patience_with_scheduling_is_a_setting(monkeypatch):
    monkeypatch.setenv("SCHEDULING_TOKEN", "t")
    monkeypatch.delenv("SCHEDULING_ANSWER_SECONDS", raising=False)
    assert settings.load().patience == 3
    monkeypatch.setenv("SCHEDULING_ANSWER_SECONDS", "1.5")
    assert settings.load().patience == 1.5
    monkeypatch.setenv("SCHEDULING_ANSWER_SECONDS", "soon")
    with pytest.raises(SettingsError, match="SCHEDULING_ANSWER_SECONDS"):
        settings.load()


def test_text_messages_can_go_out_where_there_is_an_account(monkeypatch):
    monkeypatch.setenv("SCHEDULING_TOKEN", "t")
    monkeypatch.delenv("TWILIO_ACCOUNT_SID", raising=False)
    assert not settings.load().texts
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + 32 * "0")
    assert settings.load().texts
