"""The door: token, size, kind and shape of a request; every refusal is problem+json with a sentence for people."""

from __future__ import annotations

import json

import pytest
import structlog

from scheduling.api.app import create
from scheduling.office import Office
from tests.scheduling.client import TestClient
from tests.scheduling.conftest import TOKEN
from tests.scheduling.people import ANA, book, first_slot, key

PROBLEM = "application/problem+json"


@pytest.mark.parametrize("header", [None, "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ", TOKEN])
def test_without_the_token_nothing_is_told(lite: Office, header: str | None) -> None:
    stranger = TestClient(create(lite, TOKEN))
    headers = {"Authorization": header} if header else {}
    for method, path in (
        ("GET", "/v1/services"),
        ("GET", "/v1/slots?service=consultation"),
        ("POST", "/v1/appointments"),
    ):
        answer = stranger.request(method, path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == PROBLEM
        assert answer.json()["code"] == "unauthorised"


def test_health_needs_no_token_and_tells_nothing(lite: Office) -> None:
    stranger = TestClient(create(lite, TOKEN))
    assert stranger.get("/healthz").json() == {"alive": True}
    assert stranger.get("/readyz").json() == {"ready": True}


def test_an_unknown_field_is_refused(web: TestClient) -> None:
    body = {"slot_id": first_slot(web), "patient": ANA, "price": 0}
    answer = web.post("/v1/appointments", json=body, headers=key())
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert answer.headers["content-type"] == PROBLEM


def test_a_wrong_type_is_refused_without_repeating_the_value(web: TestClient) -> None:
    answer = web.post("/v1/holds", json={"slot_id": {"secret": "Ana Sample"}})
    assert answer.status_code == 422
    assert "Ana" not in answer.text


def test_plain_text_is_415(web: TestClient) -> None:
    answer = web.post("/v1/holds", content=b'{"slot_id": "x"}', headers={"content-type": "text/plain"})
    assert (answer.status_code, answer.json()["code"]) == (415, "not_json")


@pytest.mark.parametrize("size", [64 * 1024 + 1, 2 * 1024 * 1024])
def test_a_large_body_is_413(web: TestClient, size: int) -> None:
    answer = web.post("/v1/holds", content=b" " * size, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_large_body_without_a_length_is_413(web: TestClient) -> None:
    chunks = (b" " * 1024 for _ in range(100))
    answer = web.post("/v1/holds", content=chunks, headers={"content-type": "application/json"})
    assert answer.status_code == 413


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"slot_id": "\\u0000"}'])
def test_broken_json_is_a_sentence_not_a_crash(web: TestClient, body: bytes) -> None:
    answer = web.post("/v1/holds", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_unknown_paths_and_methods_are_problems_too(web: TestClient) -> None:
    assert web.get("/v1/nothing").json()["code"] == "not_found"
    answer = web.put("/v1/services")
    assert (answer.status_code, answer.headers["content-type"]) == (405, PROBLEM)


def test_refusals_speak_spanish_when_asked(web: TestClient) -> None:
    answer = web.get("/v1/slots?service=massage", headers={"Accept-Language": "es"})
    assert answer.json()["detail"] == "No ofrecemos ese tipo de visita."


def test_the_access_log_has_no_query_and_no_patient(web: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    with structlog.testing.capture_logs() as logs:
        book(web, first_slot(web), ANA)
        web.get("/v1/slots?service=consultation&window=2026-12-01/2026-12-02&note=Ana%20Sample")
    said = json.dumps(logs) + "".join(capsys.readouterr())
    assert len(logs) >= 2
    for private in ("Ana", "1980", "555-01", "5550123", "note=", "service="):
        assert private not in said


def test_a_crash_is_503_and_says_nothing_of_its_cause(lite: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    api = TestClient(create(lite, TOKEN), headers={"Authorization": f"Bearer {TOKEN}"}, raise_server_exceptions=False)
    monkeypatch.setattr("scheduling.availability.search", lambda *_: 1 / 0)
    answer = api.get("/v1/slots?service=consultation")
    assert (answer.status_code, answer.json()["code"]) == (503, "backend_unavailable")
    assert "zero" not in answer.text.lower()


def test_a_lost_database_is_503_and_not_ready(lite: Office, web: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduling.sql.engine.ATTEMPTS", 2)
    engine = lite.storage.engine  # type: ignore[attr-defined]
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE booking RENAME TO elsewhere")
    answer = web.get("/v1/slots?service=consultation")
    assert (answer.status_code, answer.json()["code"], answer.json()["retryable"]) == (503, "backend_unavailable", True)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO booking")
