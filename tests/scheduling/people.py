"""Invented people, and short ways to do what tests do all the time."""

from __future__ import annotations

import itertools
from typing import Any

from tests.scheduling.client import TestClient

ANA = {"name": "Ana Sample", "date_of_birth": "1980-02-29", "phone": "612-555-0123"}
_numbers = itertools.count(1)


def somebody() -> dict[str, str]:
    """A new invented person. Numbers are 555-01xx in different area codes."""
    number = next(_numbers)
    area = 200 + number // 100 % 700
    return {"name": f"Test Person {number}", "date_of_birth": "1975-05-05", "phone": f"{area}-555-01{number % 100:02}"}


def key() -> dict[str, str]:
    return {"Idempotency-Key": f"turn-{next(_numbers)}:book:1"}


def slots(api: Any, service: str = "consultation", **query: Any) -> list[dict[str, Any]]:
    answer = api.get("/v1/slots", params={"service": service} | query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["slots"])


def first_slot(api: Any, service: str = "consultation", **query: Any) -> str:
    return str(slots(api, service, limit=1, **query)[0]["slot_id"])


def book(api: TestClient, slot_id: str, who: dict[str, str] | None = None, **more: Any) -> Any:
    body = {"slot_id": slot_id, "patient": who or somebody()} | more
    return api.post("/v1/appointments", json=body, headers=key())
