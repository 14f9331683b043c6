"""One house for all talks; between two talks the appointment book is put back to what stood in it at the start.

Ann Berg      1980-03-04  612-555-0111   one visit: consultation, Wednesday, December 2, 10:00 am
Luis Ortega   1975-08-20  612-555-0112   two visits: follow-up, December 1, 9:30 am, and consultation, December 4, 10:00 am
Carla Moss    1990-01-15  612-555-0113   no visit; 20 treatment sessions approved
Dan Price     1968-11-02  612-555-0114   one visit: follow-up, today, 12:00 pm, inside the cut-off
Eve Stone     1985-05-05  612-555-0115   a course of 6 sessions on weekday mornings from November 30
"""

from __future__ import annotations

import pytest

from tests.stack import Stack

VISITS = {
    ("Ann Berg", "1980-03-04", "612-555-0111"): ["consultation~north-loop~2026-12-02T10:00-06:00"],
    ("Luis Ortega", "1975-08-20", "612-555-0112"): [
        "follow-up~north-loop~2026-12-01T09:30-06:00",
        "consultation~north-loop~2026-12-04T10:00-06:00",
    ],
    ("Carla Moss", "1990-01-15", "612-555-0113"): [],
    ("Dan Price", "1968-11-02", "612-555-0114"): ["follow-up~north-loop~2026-11-25T12:00-06:00"],
    ("Eve Stone", "1985-05-05", "612-555-0115"): [],
}


@pytest.fixture(scope="session")
def empty(tmp_path_factory):
    """The house with nothing in its book."""
    house = Stack(tmp_path_factory.mktemp("talks"))
    # Visitors are asked about texts as where there is an account; the gateway has none, so none goes out.
    house.own["actions"] = {"TWILIO_ACCOUNT_SID": "AC" + 32 * "0"}
    with house as running:
        running.remember()
        yield running


@pytest.fixture(scope="session")
def stack(empty):
    for (name, born, phone), slots in VISITS.items():
        enter(empty, name, born, phone, slots)
    empty.remember()
    return empty


def enter(stack: Stack, name: str, born: str, phone: str, slots: list[str]) -> None:
    """Enter a patient as staff do, and book for them as they would: after a one-time code."""
    patient = stack.scheduling_command("patient", "add", "--name", name, "--born", born, "--phone", phone).split()[-1]
    if name in ("Carla Moss", "Eve Stone"):
        stack.scheduling_command("authorise", "--patient", patient, "--sessions", "20")
    if name == "Carla Moss":
        return
    stack.read_outbox()
    found = stack.ask_scheduling("POST", "/v1/patients:match", {"name": name, "date_of_birth": born, "phone": phone})
    stack.ask_scheduling("POST", "/v1/patients:send_code", {"match_id": found["match_id"]})
    proof = stack.ask_scheduling(
        "POST", "/v1/patients:verify", {"match_id": found["match_id"], "code": stack.last_code()}
    )
    token = {"Patient_Token": proof["patient_token"]}
    for slot in slots:
        made = stack.ask_scheduling("POST", "/v1/appointments", {"slot_id": slot}, Idempotency_Key=slot, **token)
        assert made.get("status") == "booked", made
    if name == "Eve Stone":
        wish = {"service": "session", "location": "north-loop", "count": 6, "start": "2026-11-30", "latest": "12:00"}
        plan = stack.ask_scheduling("POST", "/v1/courses:plan", wish, **token)
        made = stack.ask_scheduling("POST", "/v1/courses", {"plan_id": plan["plan_id"]}, Idempotency_Key="eve", **token)
        assert len(made["sessions"]) == 6, made
