"""Pages, their headers, and what the widget is told."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.headers import policy
from gateway.pages import HASHED, STATIC
from tests.gateway.front_door import ROOT, FrontDoor, browser

Open = Callable[..., FrontDoor]


def test_every_answer_carries_the_security_headers(door: FrontDoor) -> None:
    for path in ("/healthz", "/chat/config", "/nowhere", "/chat/events", "/static/nothing.js"):
        headers = door.get(path).headers
        csp = headers["content-security-policy"]
        assert "default-src 'none'" in csp
        assert "unsafe" not in csp
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "camera=()" in headers["permissions-policy"]
        assert "strict-transport-security" not in headers
        assert "set-cookie" not in headers
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers


def test_only_the_clinics_own_sites_may_frame_the_chat() -> None:
    assert policy(()).endswith("frame-ancestors 'self'")
    assert policy(("https://www.northloop.example",)).endswith("frame-ancestors 'self' https://www.northloop.example")


def test_a_public_https_door_says_so_to_browsers(open_door: Open, tmp_path: Path) -> None:
    facts = (ROOT / "clinic.yml").read_text().replace("embed_on: []", 'embed_on: ["https://www.northloop.example"]')
    (tmp_path / "clinic.yml").write_text(facts)
    door = open_door(GATEWAY_PUBLIC_URL="https://chat.northloop.example", CLINIC_FILE=str(tmp_path / "clinic.yml"))
    headers = door.get("/chat/config").headers
    assert headers["strict-transport-security"].startswith("max-age=63072000")
    assert "https://www.northloop.example" in headers["content-security-policy"]
    own = {"Origin": "https://chat.northloop.example"}
    assert door.post("/chat/session", headers=own).status_code == 201
    assert door.post("/chat/session", headers={"Origin": "https://www.northloop.example"}).status_code == 403


def test_the_widget_is_told_the_clinics_facts_and_no_secret(door: FrontDoor) -> None:
    config = door.get("/chat/config").json()
    assert config["clinic"] == "North Loop TMS Clinic (sample)"
    assert config["phone"] == "+16125550100"
    assert config["phone_display"] == "612-555-0100"
    assert config["languages"] == ["en", "es"]
    assert config["emergency"]["medical"] == "911"
    assert config["emergency"]["crisis"] == "988"
    assert "988" in config["emergency"]["text"]["es"]
    assert "for-tests" not in str(config)


def test_the_front_page_leads_to_the_chat(door: FrontDoor) -> None:
    answer = door.get("/")
    assert answer.headers.get("location") == "/chat" or 'href="/chat"' in answer.text


@pytest.mark.parametrize(
    ("name", "for_ever"),
    [("panel.3f9a1c2b.js", True), ("panel-3F9A1C2BX.css", True), ("chat.js", False), ("loader.js", False)],
)
def test_only_files_with_a_content_hash_are_kept_for_ever(name: str, for_ever: bool) -> None:
    assert (HASHED.search(name) is not None) is for_ever


def test_the_widget_crosses_the_wire_in_30_kb_and_what_patients_say_is_never_compressed(door: FrontDoor) -> None:
    sent = 0
    with browser(door.url) as client:
        client.headers["Accept-Encoding"] = "gzip"
        for file in (*STATIC.glob("chat-*"), STATIC / "loader.js"):
            with client.stream("GET", f"/static/{file.name}") as answer:
                sent += len(b"".join(answer.iter_raw()))
                assert answer.headers["content-encoding"] == "gzip", file.name
                assert "accept-encoding" in answer.headers["vary"].lower()
        token = client.post("/chat/session").json()["token"]
        events = client.get("/chat/events?after=0&wait=0", headers={"Authorization": f"Bearer {token}"})
        assert "content-encoding" not in events.headers
    assert 20_000 < sent <= 30 * 1024


def test_a_calendar_link_without_scheduling_is_an_honest_error(door: FrontDoor) -> None:
    answer = door.get("/calendar/abc.def")
    assert (answer.status_code, answer.json()["code"]) == (503, "calendar_unavailable")
    assert door.get("/calendar/a%20b").status_code == 404


def test_the_command_line_starts_the_same_thing(tmp_path: Path) -> None:
    environ = FrontDoor(tmp_path, 1, BOT_TOKEN="").environ
    ended = subprocess.run(
        [sys.executable, "-m", "gateway", "serve"], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=240
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("BOT_TOKEN is not set")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_TOKEN", ""),
        ("SIGNING_KEY", ""),
        ("GATEWAY_PORT", "http"),
        ("GATEWAY_PUBLIC_URL", "northloop.example"),
        ("GATEWAY_LIMIT_SESSION", "lots"),
        ("GATEWAY_TRUSTED_PROXIES", "10.0.0.0/99"),
        ("TEST_NOW", "2026-11-25T09:00"),
    ],
)
def test_a_wrong_setting_stops_the_start_in_one_line(tmp_path: Path, name: str, value: str) -> None:
    door = FrontDoor(tmp_path, 1, **{name: value})
    door.start(wait=False)
    assert door.exit_code() == 1
    (line,) = door.log.read_text().strip().splitlines()
    assert name in line
