"""Hostile input at every public route: no answer is a 5xx, and every refusal is problem+json with a sentence and without an echo."""

from __future__ import annotations

import json
import string
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.config import load
from gateway import settings as gateway_settings
from gateway.app import build
from tests.gateway.fake_rasa import FakeRasa
from tests.gateway.front_door import FrontDoor, browser
from tests.gateway.texter import SETTINGS, Texter, payload
from tests.ports import free_port

FAST = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

CORPUS = [
    "", " ", "\x00", "\ud800", "\ufeff", "‮abc‬", "e\u0301" * 400, "A" * 70_000, "𝕏" * 3000, "%00", "%s%n", "../../etc/passwd",
    "..%2f..%2fsecrets.env", "' OR 1=1 --", "<script>alert(1)</script>", "{{7*7}}", "${jndi:ldap://x}", "/restart", '/in_task{"choice": "x"}',
    "null", "[]", "{}", "[" * 5000, '{"text": ' * 500, '{"client_msg_id": "a", "text": "x", "text": "y"}', "1e999", "NaN",
    '{"client_msg_id": "a", "text": "x", "conversation": "1"}', '{"client_msg_id": 1, "text": true}', '{"client_msg_id": "a", "choice_id": null}',
    '{"client_msg_id": "a\\u0000", "text": "x"}', '{"client_msg_id": "ok", "text": "\\ud800"}', '{"client_msg_id": "ok2", "text": "\\u0000\\u202e"}',
    "Body=x&From=%2B16125550101&To=%2B16125550110&MessageSid=SM" + "0" * 32, "Body=%ff%fe", "a=1&a=2", "&" * 300,
]  # fmt: skip
TYPES = [
    "application/json",
    "application/json; charset=utf-7",
    "application/x-www-form-urlencoded",
    "text/plain",
    "multipart/form-data",
    "",
]
ROUTES = [
    ("GET", "/"), ("GET", "/chat"), ("GET", "/chat/config"), ("GET", "/chat/events"), ("POST", "/chat/session"), ("POST", "/chat/messages"),
    ("POST", "/chat/end"), ("POST", "/chat/stay"), ("GET", "/calendar/{signed}"), ("GET", "/staff/alerts/{signed}"), ("POST", "/staff/alerts/{signed}"),
    ("POST", "/sms/inbound"), ("POST", "/sms/status"), ("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics"), ("GET", "/static/{path}"),
]  # fmt: skip


@pytest.fixture(scope="module")
def hostile_door(tmp_path_factory: pytest.TempPathFactory, shared_rasa: FakeRasa) -> Iterator[FrontDoor]:
    """A gateway with text messages on, so that every door is open."""
    var = tmp_path_factory.mktemp("hostile")
    door = FrontDoor(var, shared_rasa.port, **SETTINGS | {"TWILIO_API_URL": f"http://127.0.0.1:{free_port()}"})
    door.start()
    yield door
    door.stop()


def judge(answer: httpx.Response, sent: str = "") -> None:
    """Raises AssertionError unless the answer is one that a stranger may get. /readyz says 503 by design when a part is down."""
    path = answer.request.url.path
    if path == "/readyz" and answer.status_code == 503:
        return
    # 503 with its own sentence: a calendar link while scheduling is down (it is, here).
    assert answer.status_code < 500 or (path.startswith("/calendar/") and answer.status_code == 503), (
        path,
        answer.text[:300],
    )
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json", (path, answer.status_code)
        body = answer.json()
        assert {"type", "title", "status", "code", "detail"} <= set(body)
        assert body["status"] == answer.status_code
        assert body["detail"].strip()
        assert "Traceback" not in answer.text
        if len(sent) > 12:
            assert sent not in answer.text, "nothing that was sent comes back in a refusal"


@pytest.fixture(scope="module")
def client(hostile_door: FrontDoor) -> Iterator[httpx.Client]:
    """One connection for all: making a client costs more than a request. Cookies and state there are none."""
    with browser(hostile_door.url) as made:
        yield made


@pytest.fixture(scope="module")
def texter(hostile_door: FrontDoor) -> Texter:
    return Texter(hostile_door.url, "+16125550199")


@pytest.fixture(scope="module")
def token(hostile_door: FrontDoor) -> str:
    return hostile_door.chat().token


def filled(path: str, part: str) -> str:
    return path.replace("{signed}", part).replace("{path}", part)


def test_the_corpus_is_thrown_at_every_route_that_exists(monkeypatch, tmp_path):
    for name in ("BOT_TOKEN", "SCHEDULING_TOKEN", "SIGNING_KEY"):
        monkeypatch.setenv(name, "x" * 24)
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    found = set()
    pending = list(build(gateway_settings.load(), load()).routes)
    for route in pending:
        if inner := getattr(route, "original_router", None):
            pending.extend(inner.routes)
        elif hasattr(route, "methods") and route.methods:
            found |= {(method, route.path) for method in route.methods - {"HEAD"}}
        elif hasattr(route, "path"):
            found.add(("GET", f"{route.path}/{{path}}"))
    assert found == set(ROUTES)


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=[f"{method} {path}" for method, path in ROUTES])
def test_no_body_of_the_corpus_breaks_a_route(hostile_door, client, method, path):
    token = hostile_door.chat().token  # its own: one of these routes ends the chat
    for number, text in enumerate(CORPUS):
        body = text.encode("utf-8", "surrogatepass")
        kind = TYPES[number % len(TYPES)] if method == "POST" and number % 3 else "application/json"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": kind, "X-Twilio-Signature": "bm8="}
        answer = client.request(method, filled(path, "x"), content=body, headers=headers)
        judge(answer, text)


@pytest.mark.parametrize("path", ["/calendar/{signed}", "/staff/alerts/{signed}", "/static/{path}", "/{path}"])
def test_no_path_breaks_a_route(client, path):
    parts = [
        "..%2f..%2fsecrets.env",
        "%00",
        "%ff%fe",
        "a" * 6000,
        "%2e%2e/%2e%2e/gateway.db",
        "v.1.2.3",
        "é",
        "a%0d%0aSet-Cookie:x=1",
        "{}",
        ".",
    ]
    for part in parts:
        judge(client.request("GET", filled(path, part)), part)


@given(
    client_msg_id=st.one_of(st.text(max_size=80), st.integers(), st.none()),
    text=st.one_of(st.text(max_size=1200), st.integers(), st.none(), st.lists(st.text(max_size=5), max_size=3)),
    choice_id=st.one_of(st.none(), st.text(max_size=80)),
    more=st.dictionaries(st.text(max_size=10), st.none(), max_size=2),
)
@FAST
def test_no_message_breaks_the_door(client, token, client_msg_id, text, choice_id, more):
    body = {"client_msg_id": client_msg_id, "text": text, "choice_id": choice_id} | more
    content = json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    judge(client.request("POST", "/chat/messages", content=content, headers=headers))


HEADER = st.text(
    alphabet=string.printable.replace("\r", "").replace("\n", "").replace("\x0b", "").replace("\x0c", ""), max_size=200
)


@given(name=st.sampled_from(["Authorization", "Origin", "Host", "Last-Event-ID", "Accept-Language", "X-Forwarded-For", "Cookie", "Range", "Accept"]),
       value=HEADER, path=st.sampled_from(["/chat/events", "/chat/config", "/", "/chat/end", "/healthz", "/metrics"]))  # fmt: skip
@FAST
def test_no_header_breaks_the_door(client, name, value, path):
    method = "POST" if path == "/chat/end" else "GET"
    try:
        answer = client.request(method, path, headers={name: value.strip()})
    except httpx.LocalProtocolError:
        return  # the client itself refuses to send that
    if answer.status_code == 400 and answer.text == "Invalid HTTP request received.":
        return  # no HTTP: refused before the application
    judge(answer)


@given(after=st.text(max_size=20), wait=st.text(max_size=20))
@FAST
def test_no_query_breaks_the_events(client, token, after, wait):
    query = {"after": after, "wait": "0" if wait.isdigit() else wait}
    judge(client.request("GET", "/chat/events", params=query, headers={"Authorization": f"Bearer {token}"}))


@given(body=st.text(max_size=1700), sender=st.one_of(st.text(max_size=20), st.just("+16125550199")),
       more=st.dictionaries(st.sampled_from(["To", "MessageSid", "OptOutType", "NumMedia", "AccountSid", "ErrorCode", "MessageStatus"]), st.text(max_size=40), max_size=3),
       path=st.sampled_from(["/sms/inbound", "/sms/status?m=x", "/sms/status?m=00000000-0000-0000-0000-000000000000"]))  # fmt: skip
@FAST
def test_no_signed_text_breaks_the_door(texter, body, sender, more, path):
    judge(texter.post(path, payload(body, sender) | more), body)
