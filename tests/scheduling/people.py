"""Invented people, and short ways to do what tests do all the time."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta
from typing import Any

from scheduling.office import new_id
from scheduling.person import STAFF, Patient, details
from scheduling.record import Authorisation
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
    """By text message from the number that is given; `sender_phone=None`: somewhere else."""
    who = who or somebody()
    body = {"slot_id": slot_id, "patient": who, "sender_phone": who["phone"]} | more
    return api.post("/v1/appointments", json=body, headers=key())


def enter(office: Any, who: dict[str, str] | None = None, sessions: int | None = None, **rules: Any) -> str:
    """A patient whom staff entered, with an authorisation when `sessions` says so; returns the patient's id."""
    person = details(**(who or somebody()), today=office.today())
    patient = Patient(new_id(), person.name, person.date_of_birth, person.phone, STAFF, office.now())
    first = office.today()
    allowed = {"valid_from": first, "valid_until": first + timedelta(days=180), "per_day": 1, "gap_minutes": 0} | rules

    def work(book: Any) -> None:
        book.patients.add(patient)
        if sessions:
            book.courses.add_authorisation(
                Authorisation(new_id(), patient.id, "session", sessions, created_at=office.now(), **allowed)
            )

    office.storage.write(work)
    return patient.id


def token_of(office: Any, api: Any, who: dict[str, str]) -> dict[str, str]:
    """Prove to be somebody, by the code that the outbox has for them: a header."""
    match = api.post("/v1/patients:match", json=who).json()
    assert api.post("/v1/patients:send_code", json={"match_id": match["match_id"]}).status_code == 202
    code = code_for(api)
    answer = api.post("/v1/patients:verify", json={"match_id": match["match_id"], "code": code})
    assert answer.status_code == 200, answer.text
    return {"Patient-Token": answer.json()["patient_token"]}


def code_for(api: Any) -> str:
    """The newest code in the outbox."""
    messages = api.post("/v1/messages:claim", json={"limit": 100}).json()["messages"]
    texts = [one["text"] for one in messages if one["kind"] == "code"]
    return str(re.search(r"\d{6}", texts[-1])[0])  # type: ignore[index]
