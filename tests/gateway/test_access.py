"""Who may talk to the chat API, and what it makes of bad and hostile input."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.gateway.fake_rasa import FakeRasa
from tests.gateway.front_door import PATIENCE, Chat, FrontDoor, Stream


def problem(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.json()["detail"]) > 10
    assert answer.json()["detail"].endswith(".")


@pytest.mark.parametrize("token", [None, "x", "..", "' or 1=1 --", "A" * 4000])
def test_a_stranger_learns_nothing(door: FrontDoor, token: str | None) -> None:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    code = "session_required" if not token else "session_unknown"
    for method, path in (("GET", "/chat/events"), ("POST", "/chat/end")):
        problem(door.http.request(method, path, headers=headers), 401, code)
    body = {"client_msg_id": "a", "text": "hello"}
    problem(door.post("/chat/messages", json=body, headers=headers), 401, code)


def test_an_altered_token_is_a_strangers_token(chat: Chat) -> None:
    chat.ask("my name is Ann")
    for position in (0, len(chat.token) // 2, len(chat.token) - 1):
        letter = "A" if chat.token[position] != "A" else "B"
        altered = chat.token[:position] + letter + chat.token[position + 1 :]
        answer = chat.http.get("/chat/events", headers={"Authorization": f"Bearer {altered}"})
        problem(answer, 401, "session_unknown")
        assert "Ann" not in answer.text


def test_the_conversation_id_never_leaves_the_server_nor_counts_as_a_token(chat: Chat, rasa: FakeRasa) -> None:
    chat.ask("hello")
    conversation = rasa.posts[-1]["conversation"]
    assert conversation not in json.dumps(chat.events)
    for stolen in (conversation, rasa.posts[-1]["message_id"]):
        problem(chat.http.get("/chat/events", headers={"Authorization": f"Bearer {stolen}"}), 401, "session_unknown")


def test_the_client_can_bring_neither_a_token_nor_an_id(door: FrontDoor) -> None:
    for body in ({"token": "mine"}, {"conversation": str(uuid.uuid4())}, []):
        problem(door.post("/chat/session", json=body), 422, "bad_request")
    one = door.post("/chat/session", headers={"Authorization": "Bearer mine"}).json()
    two = door.post("/chat/session", json={}).json()
    assert set(one) == {"token", "expires_at"}
    assert one["token"] != two["token"]
    assert len(one["token"]) >= 43


def test_tokens_are_stored_hashed(chat: Chat, door: FrontDoor) -> None:
    chat.ask("hello")
    stored = b"".join(file.read_bytes() for file in door.var.glob("gateway.db*"))
    assert chat.token.encode() not in stored


def test_a_patient_who_says_i_am_still_here_keeps_the_chat(open_door: Callable[..., FrontDoor], tmp_path: Path) -> None:
    clock = tmp_path / "now"
    clock.write_text("2026-11-25T09:00")
    door = open_door(TEST_MODE="1", TEST_NOW_FILE=str(clock))
    here, gone = door.chat(), door.chat()
    here.ask("hello")
    gone.ask("hello")
    clock.write_text("2026-11-25T09:29")
    assert here.http.post("/chat/stay", json={}, headers=here.headers).status_code == 204
    problem(here.http.post("/chat/stay", json={"more": 1}, headers=here.headers), 422, "bad_request")
    clock.write_text("2026-11-25T09:58")
    here.ask("still here")
    problem(gone.http.post("/chat/stay", json={}, headers=gone.headers), 401, "session_expired")


def test_a_chat_expires_after_thirty_idle_minutes_and_after_twelve_hours(
    open_door: Callable[..., FrontDoor], tmp_path: Path
) -> None:
    clock = tmp_path / "now"
    clock.write_text("2026-11-25T09:00")
    door = open_door(TEST_MODE="1", TEST_NOW_FILE=str(clock))
    idle, busy = door.chat(), door.chat()
    idle.ask("hello")
    assert idle.events[0]["time"].startswith("2026-11-25T15:0")
    stream = Stream(idle)
    for minute in range(29, 12 * 60, 29):
        clock.write_text(f"2026-11-25T{9 + minute // 60:02}:{minute % 60:02}")
        busy.ask("still here")
        if minute == 29:
            idle.poll()
    problem(idle.http.get("/chat/events", headers=idle.headers), 401, "session_expired")
    problem(idle.post(client_msg_id="m", text="hello"), 401, "session_expired")
    clock.write_text("2026-11-25T21:01")
    problem(busy.post(client_msg_id="m", text="hello"), 401, "session_expired")
    idle.http.post("/chat/session")
    assert stream.ended.wait(PATIENCE)
    assert idle.http.post("/chat/session").status_code == 201


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"client_msg_id": "a"}, 422, "bad_request"),
        ({"client_msg_id": "a", "text": "x", "choice_id": "y"}, 422, "bad_request"),
        ({"client_msg_id": "a", "text": "x", "conversation": "z"}, 422, "bad_request"),
        ({"client_msg_id": "a", "text": 7}, 422, "bad_request"),
        ({"client_msg_id": "a", "text": ["x"]}, 422, "bad_request"),
        ({"client_msg_id": "a", "text": None}, 422, "bad_request"),
        ({"client_msg_id": 5, "text": "x"}, 422, "bad_request"),
        ({"client_msg_id": "", "text": "x"}, 422, "bad_request"),
        ({"client_msg_id": "a" * 65, "text": "x"}, 422, "bad_request"),
        ({"client_msg_id": "a b", "text": "x"}, 422, "bad_request"),
        ({"client_msg_id": "a", "choice_id": "../../etc"}, 422, "bad_request"),
        ({"text": "x"}, 422, "bad_request"),
        ([], 422, "bad_request"),
        ("hello", 422, "bad_request"),
        ({"client_msg_id": "a", "text": ""}, 422, "empty"),
        ({"client_msg_id": "a", "text": " \t\u200f\x00 "}, 422, "empty"),
        ({"client_msg_id": "a", "text": "///"}, 422, "empty"),
        ({"client_msg_id": "a", "text": "x" * 1001}, 422, "too_long"),
        ({"client_msg_id": "a", "text": "x" * 5000}, 413, "too_long"),
        ({"client_msg_id": "a", "text": "x" * 2_000_000}, 413, "too_long"),
    ],
)
def test_bad_bodies_get_a_sentence_and_reach_nobody(
    chat: Chat, rasa: FakeRasa, body: Any, status: int, code: str
) -> None:
    problem(chat.http.post("/chat/messages", json=body, headers=chat.headers), status, code)
    assert rasa.posts == []
    assert chat.poll() == []


def test_a_thousand_characters_are_welcome(chat: Chat) -> None:
    assert len(chat.ask("ñ" * 1000)) == 1


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff\xfe", b'{"client_msg_id": "a", "text": "\\ud800"}', b"null", b"[" * 3000]
)
def test_broken_json_is_refused(chat: Chat, raw: bytes) -> None:
    headers = chat.headers | {"Content-Type": "application/json"}
    problem(chat.http.post("/chat/messages", content=raw, headers=headers), 422, "bad_request")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_read(chat: Chat, kind: str) -> None:
    body = json.dumps({"client_msg_id": "a", "text": "hello"})
    answer = chat.http.post("/chat/messages", content=body, headers=chat.headers | {"Content-Type": kind})
    problem(answer, 415, "wrong_type")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_foreign_page_is_refused(chat: Chat, headers: dict[str, str]) -> None:
    message = {"client_msg_id": "a", "text": "hello"}
    problem(chat.http.post("/chat/session", headers=headers), 403, "foreign_origin")
    problem(chat.http.post("/chat/messages", json=message, headers=chat.headers | headers), 403, "foreign_origin")
    problem(chat.http.get("/chat/events", headers=chat.headers | headers), 403, "foreign_origin")
    answer = chat.http.options("/chat/messages", headers={"Access-Control-Request-Method": "POST"} | headers)
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_our_own_page_is_let_in(chat: Chat, door: FrontDoor) -> None:
    headers = {"Origin": door.url, "Sec-Fetch-Site": "same-origin"}
    assert chat.http.post("/chat/session", headers=headers).status_code == 201


HOSTILE = [
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "<img src=x onerror=alert(1)>",
    "data:text/html;base64,PHNjcmlwdD4=",
    "'; DROP TABLE inbox; --",
    "{{7*7}} ${7*7} %s %n",
    '/in_task{"choice": "1"}',
    "a\u202eb\u2066c\u200fd",
    "nul\x00byte \x1b[31m",
    "e\u0301 \U0001f600 \u05e9\u05dc\u05d5\u05dd \u4f60\u597d",
    "\r\nSet-Cookie: a=b",
    "🏳️‍🌈" * 60,
]


def test_hostile_texts_are_stored_clean_and_change_nothing(chat: Chat, rasa: FakeRasa) -> None:
    for text in HOSTILE:
        chat.ask(text)
    said = [event["text"] for event in chat.events if event["type"] == "user"]
    assert len(said) == len(HOSTILE)
    for text in said + [post["text"] for post in rasa.posts]:
        assert not any(ord(letter) < 32 or letter in "\u202e\u2066\u200f\x7f" for letter in text)
    assert said[0] == HOSTILE[0]  # shown as text; the page never makes HTML of it
    assert said[9].startswith("\u00e9 ")
    assert all("payload" not in post and not post["text"].startswith("/") for post in rasa.posts)


@pytest.mark.parametrize("number", ["-1", "x", "1e3", "99999999999", "1 or 1=1"])
def test_odd_numbers_are_refused(chat: Chat, number: str) -> None:
    problem(chat.http.get("/chat/events", params={"after": number}, headers=chat.headers), 422, "bad_request")
    problem(chat.http.get("/chat/events", headers=chat.headers | {"Last-Event-ID": number}), 422, "bad_request")


def test_unknown_paths_and_methods_are_problems_too(door: FrontDoor) -> None:
    problem(door.get("/nowhere"), 404, "not_found")
    problem(door.get("/chat/messages"), 405, "method_not_allowed")
    problem(door.get("/static/../../clinic.yml"), 404, "not_found")
    problem(door.get("/openapi.json"), 404, "not_found")


def test_errors_speak_the_visitors_language(door: FrontDoor) -> None:
    answer = door.post("/chat/messages", json={}, headers={"Accept-Language": "es-MX,en"})
    assert answer.json()["detail"] == "Inicie una nueva conversación, por favor."


def test_no_patient_text_in_any_log(chat: Chat, door: FrontDoor, rasa: FakeRasa) -> None:
    rasa.plan.extend([("status", 500), "junk"])
    chat.ask("Canary Quetzalcoatl 612-555-0177")
    chat.post(client_msg_id="quetzal", text=["Canary Quetzalcoatl"])
    written = door.log.read_text()
    assert "turn_failed" in written
    for secret in ("Quetzalcoatl", "555-0177", chat.token):
        assert secret not in written
