"""A scheduling service in memory, behind a requests transport: what every test of an action talks to.

It keeps the contract's shapes and codes, counts what it was asked, and fails on demand. It knows no clinic rules:
the free times are those it was given.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import requests
from requests.adapters import BaseAdapter

from actions import offers
from actions.backend import Backend
from actions.visits import Slot
from clinic import clock

ADDRESS = "http://scheduling.test"
ZONE = "America/Chicago"


@dataclass(frozen=True)
class Asked:
    """One request as the service saw it."""

    method: str
    path: str
    query: list[tuple[str, str]]
    body: Mapping[str, Any]
    headers: Mapping[str, str]


class Problem(Exception):
    """A refusal of the fake."""

    def __init__(self, status: int, code: str, **more: Any) -> None:
        super().__init__(code)
        self.status = status
        self.body = {
            "type": f"urn:problem:{code}",
            "title": code,
            "status": status,
            "code": code,
            "detail": code,
        } | more


@dataclass
class FakeScheduling(BaseAdapter):
    """free: slots by id. asked: every request. `trouble` makes the next calls fail: see `fail`."""

    free: dict[str, Slot] = field(default_factory=dict)
    holds: dict[str, dict[str, Any]] = field(default_factory=dict)
    appointments: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    bodies: dict[str, Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    trouble: list[tuple[str, str, Any]] = field(default_factory=list)
    hold_minutes: int = 5
    patients: dict[tuple[str, str, str], str] = field(default_factory=dict)
    matches: dict[str, str | None] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    texts: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    code: str = "123456"
    approved: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    # ---- for tests ----------------------------------------------------------------------------------------------------

    def backend(self) -> Backend:
        return Backend(ADDRESS, "test-token", self)

    def open(self, service: str, location: str, day: str, *times: str, minutes: int = 60) -> None:
        """Add free times: open("consultation", "north-loop", "2026-12-01", "12:00", "12:30")."""
        for time in times:
            start = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZoneInfo(ZONE))
            identifier = f"{service}~{location}~{start.isoformat(timespec='minutes')}"
            end = start + timedelta(minutes=minutes)
            self.free[identifier] = Slot(identifier, service, location, start.isoformat(), end.isoformat(), ZONE)

    def knows(self, name: str, born: str, phone: str) -> str:
        """Enter a patient; returns the id."""
        identifier = f"patient-{len(self.patients) + 1}"
        self.patients[(name, born, phone)] = identifier
        return identifier

    def visit(self, patient: str, service: str, location: str, day: str, time: str, minutes: int = 60) -> str:
        """Put a booked visit of a patient into the book; returns its id."""
        start = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZoneInfo(ZONE))
        end = start + timedelta(minutes=minutes)
        identifier = f"visit{len(self.appointments) + 1}"
        slot = Slot(
            f"{service}~{location}~{start.isoformat(timespec='minutes')}",
            service,
            location,
            start.isoformat(),
            end.isoformat(),
            ZONE,
        )
        self.appointments[identifier] = {
            "appointment_id": identifier,
            "status": "booked",
            "version": 1,
            **vars(slot),
            "patient": patient,
        }
        return identifier

    def fail(self, method: str, path: str, how: Any, times: int = 1) -> None:
        """The next `times` calls whose path matches fail: an exception to raise, or (status, code)."""
        self.trouble += [(method, path, how)] * times

    def lose_answer(self, method: str, path: str, times: int = 1) -> None:
        """The next calls are done, and their answer never arrives."""
        self.trouble += [(method, path, "lost")] * times

    def count(self, method: str, path: str) -> int:
        return sum(one.method == method and bool(re.search(path, one.path)) for one in self.asked)

    # ---- the transport ------------------------------------------------------------------------------------------------

    def send(self, request: requests.PreparedRequest, *args: Any, **named: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        body = json.loads(request.body) if request.body else {}
        asked = Asked(request.method or "", parts.path, parse_qsl(parts.query), body, dict(request.headers))
        self.asked.append(asked)
        trouble = self._trouble(asked)
        if isinstance(trouble, Exception):
            raise trouble
        try:
            if isinstance(trouble, tuple):
                raise Problem(*trouble)
            status, data = self._once(asked)
        except Problem as problem:
            status, data = problem.status, problem.body
        if trouble == "lost":
            raise requests.ReadTimeout("no answer")
        response = requests.Response()
        response.status_code = status
        response.headers["Content-Type"] = "application/json"
        response.raw = io.BytesIO(b"" if data is None else json.dumps(data).encode())
        response.url = request.url or ""
        response.request = request
        return response

    def close(self) -> None:
        """Nothing is open."""

    def _trouble(self, asked: Asked) -> Any:
        for entry in self.trouble:
            method, path, how = entry
            if method == asked.method and re.search(path, asked.path):
                self.trouble.remove(entry)
                return how
        return None

    def _once(self, asked: Asked) -> tuple[int, Any]:
        key = asked.headers.get("Idempotency-Key")
        if asked.method == "GET" and key:
            kept = self.answers[key][1] if key in self.answers else {}
            if kept.get("appointment_id") != asked.path.rsplit("/", 1)[1]:
                raise Problem(404, "not_found")
            return self._route(asked)
        if key and key in self.answers:
            if self.bodies[key] != asked.body:
                raise Problem(422, "idempotency_mismatch")
            return self.answers[key]
        result = self._route(asked)
        if key:
            self.answers[key], self.bodies[key] = result, asked.body
        return result

    def _route(self, asked: Asked) -> tuple[int, Any]:
        routes: list[tuple[str, str, Callable[..., tuple[int, Any]]]] = [
            ("GET", r"^/v1/slots$", self._slots),
            ("POST", r"^/v1/holds$", self._hold),
            ("DELETE", r"^/v1/holds/(\w+)$", self._release),
            ("POST", r"^/v1/appointments$", self._book),
            ("GET", r"^/v1/appointments$", self._list),
            ("GET", r"^/v1/appointments/(\w+)$", self._read),
            ("POST", r"^/v1/appointments/(\w+):(cancel|confirm|reschedule)$", self._change),
            ("POST", r"^/v1/patients:match$", self._match),
            ("POST", r"^/v1/patients:send_code$", self._send_code),
            ("POST", r"^/v1/patients:verify$", self._verify),
            ("POST", r"^/v1/waitlist$", self._wait),
            ("POST", r"^/v1/texts$", self._texts),
            ("POST", r"^/v1/callbacks$", self._call_back),
            ("POST", r"^/v1/courses:plan$", self._plan),
            ("POST", r"^/v1/courses$", self._book_course),
            ("GET", r"^/v1/courses$", self._courses),
        ]
        for method, path, work in routes:
            if method == asked.method and (match := re.search(path, asked.path)):
                return work(asked, *match.groups())
        raise Problem(404, "not_found")

    # ---- routes -------------------------------------------------------------------------------------------------------

    def _slots(self, asked: Asked) -> tuple[int, Any]:
        query: dict[str, list[str]] = {}
        for name, value in asked.query:
            query.setdefault(name, []).append(value)
        windows = [(part.split("/")[0], part.split("/")[1]) for part in query.get("window", [])]
        place = query.get("location", [None])[0]
        found = [
            slot
            for slot in sorted(self.free.values(), key=lambda slot: slot.begins)
            if slot.service == query["service"][0]
            and place in (None, slot.location)
            and (not windows or offers.within(slot, windows))
            and slot.begins > clock.now()
        ]
        limit = int(query.get("limit", ["20"])[0])
        return 200, {
            "slots": [vars(slot) for slot in found[:limit]],
            "next_cursor": "more" if len(found) > limit else None,
        }

    def _hold(self, asked: Asked) -> tuple[int, Any]:
        for identifier in [
            key for key, hold in self.holds.items() if hold["conversation"] == asked.body.get("conversation")
        ]:
            self._give_back(identifier)
        slot = self.free.pop(str(asked.body["slot_id"]), None)
        if slot is None:
            near = sorted(self.free.values(), key=lambda other: other.begins)[:3]
            raise Problem(409, "slot_taken", alternatives=[vars(one) for one in near])
        identifier = f"{len(self.asked):032x}"
        ends = clock.now() + timedelta(minutes=self.hold_minutes)
        self.holds[identifier] = {"conversation": asked.body.get("conversation"), "slot": slot, "ends": ends}
        return 201, {"hold_id": identifier, "expires_at": ends.isoformat(), **vars(slot)}

    def _release(self, asked: Asked, identifier: str) -> tuple[int, Any]:
        if self.appointments.get(identifier, {}).get("status") == "booked":
            raise Problem(409, "hold_used")
        self._give_back(identifier)
        return 204, None

    def _give_back(self, identifier: str) -> None:
        if hold := self.holds.pop(identifier, None):
            self.free[hold["slot"].slot_id] = hold["slot"]

    def _book(self, asked: Asked) -> tuple[int, Any]:
        hold = self.holds.get(str(asked.body.get("hold_id")))
        if hold is None or hold["ends"] <= clock.now():
            self._give_back(str(asked.body.get("hold_id")))
            raise Problem(410, "hold_expired", alternatives=[])
        del self.holds[str(asked.body["hold_id"])]
        identifier = str(asked.body["hold_id"])
        self.appointments[identifier] = {
            "appointment_id": identifier,
            "status": "booked",
            "version": 1,
            **vars(hold["slot"]),
            "patient": asked.body.get("patient"),
            "texts": self._may_text(asked.body),
        }
        return 201, self._body(identifier) | {"booking_token": "readback"}

    def _read(self, asked: Asked, identifier: str) -> tuple[int, Any]:
        if identifier not in self.appointments:
            raise Problem(404, "not_found")
        return 200, self._body(identifier)

    def _caller(self, asked: Asked) -> str:
        patient = self.tokens.get(asked.headers.get("Patient-Token", ""))
        if patient is None:
            raise Problem(403, "not_verified")
        return patient

    def _list(self, asked: Asked) -> tuple[int, Any]:
        me = self._caller(asked)
        mine = [one for one in self.appointments.values() if one["patient"] == me and one["status"] != "cancelled"]
        return 200, {
            "appointments": [
                self._body(one["appointment_id"]) for one in sorted(mine, key=lambda one: str(one["start"]))
            ]
        }

    def _change(self, asked: Asked, identifier: str, what: str) -> tuple[int, Any]:
        me, found = self._caller(asked), self.appointments.get(identifier)
        if found is None or found["patient"] != me:
            raise Problem(404, "not_found")
        if asked.body.get("version") not in (None, found["version"]):
            raise Problem(412, "version_conflict")
        if what != "confirm" and datetime.fromisoformat(found["start"]) - clock.now() < timedelta(hours=4):
            raise Problem(403, "too_late")
        found["version"] += 1
        if what == "reschedule":
            hold = self.holds.pop(str(asked.body["hold_id"]))
            found |= vars(hold["slot"])
        else:
            found["status"] = "cancelled" if what == "cancel" else "confirmed"
        return 200, self._body(identifier)

    def _match(self, asked: Asked) -> tuple[int, Any]:
        body = asked.body
        patient = self.patients.get((body["name"], body["date_of_birth"], body["phone"]))
        identifier = f"match{len(self.matches) + 1}"
        self.matches[identifier] = patient
        token, until = None, None
        if patient and body.get("sender_phone") == body["phone"]:
            token, until = self._token(patient)
        outcome = "exact" if patient else "none"
        return 200, {"match_id": identifier, "outcome": outcome, "patient_token": token, "token_expires_at": until}

    def _token(self, patient: str) -> tuple[str, str]:
        token = f"token{len(self.tokens) + 1}"
        self.tokens[token] = patient
        return token, (clock.now() + timedelta(minutes=10)).isoformat()

    def _send_code(self, asked: Asked) -> tuple[int, Any]:
        return 202, {"expires_at": (clock.now() + timedelta(minutes=5)).isoformat()}

    def _verify(self, asked: Asked) -> tuple[int, Any]:
        patient = self.matches.get(asked.body["match_id"])
        if not patient or asked.body["code"] != self.code:
            raise Problem(422, "code_invalid")
        token, until = self._token(patient)
        return 200, {"patient_token": token, "expires_at": until}

    def _wait(self, asked: Asked) -> tuple[int, Any]:
        return 201, {"waiting_id": "w1", "status": "waiting", "texts": self._may_text(asked.body)}

    def _texts(self, asked: Asked) -> tuple[int, Any]:
        self.texts[asked.body["conversation"], asked.body["phone"]] = dict(asked.body)
        return 200, {"wanted": asked.body["wanted"]}

    def _may_text(self, body: Mapping[str, Any]) -> bool | None:
        """As the service tells it: from the number itself, for a known patient, or as answered in this talk."""
        given = (body.get("patient") or {}).get("phone")
        if given is None or body.get("sender_phone") == given:
            return True
        answer = self.texts.get((str(body.get("conversation")), given))
        return answer["wanted"] if answer else None

    def _call_back(self, asked: Asked) -> tuple[int, Any]:
        return 201, {"callback_id": "c1", "status": "open"}

    def _plan(self, asked: Asked) -> tuple[int, Any]:
        self._caller(asked)
        if not self.approved:
            raise Problem(403, "not_authorised")
        if asked.body["count"] > self.approved:
            raise Problem(403, "authorisation_exceeded", left=self.approved)
        slots = [slot for slot in self.free.values() if slot.service == "session"][: asked.body["count"]]
        return 200, {
            "plan_id": "plan1",
            "sessions": [vars(slot) for slot in slots],
            "skipped": [{"date": "2026-12-24", "reason": "closed"}],
        }

    def _book_course(self, asked: Asked) -> tuple[int, Any]:
        me = self._caller(asked)
        slots = [slot for slot in self.free.values() if slot.service == "session"][: self.approved]
        made = [self.visit(me, slot.service, slot.location, slot.start[:10], slot.start[11:16], 40) for slot in slots]
        return 201, {
            "course_id": "course1",
            "status": "open",
            "location": "north-loop",
            "calendar": "c",
            "sessions": [self._body(one) for one in made],
        }

    def _courses(self, asked: Asked) -> tuple[int, Any]:
        self._caller(asked)
        return 200, {"courses": []}

    def _body(self, identifier: str) -> dict[str, Any]:
        return {name: value for name, value in self.appointments[identifier].items() if name != "patient"}
