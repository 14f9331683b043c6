"""The only caller of the scheduling service. What it raises is drawn in `actions/problems.py`.

Every call has a connect and a read timeout. A change carries an Idempotency-Key; when its answer is lost the same key is sent
once more, and while the service restarts for some seconds again, so an answer is never guessed. What is still unknown then is
OutcomeUnknown, never Unreachable, and `outcome` looks it up later. Calls block: actions run them in a thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import requests

from actions.courses import Course, Plan
from actions.problems import CODES, BackendError, HoldExpired, NotFound, OutcomeUnknown, Refused, Unreachable
from actions.visits import Appointment, Found, Hold, Match, Patient, Slot

T = TypeVar("T")
CONNECT_SECONDS = 1.0
RESTART_SECONDS = 8.0
"""How long a service that broke off in the middle of a change is asked again: a killed one is back within seconds."""
PAUSE_SECONDS = 0.25


class Backend:
    """One client for the process; `transport` replaces the network in tests (see `actions.fake_scheduling`).

    `patience`: seconds until an answer counts as lost.
    """

    def __init__(
        self, address: str, token: str, transport: requests.adapters.BaseAdapter | None = None, patience: float = 3.0
    ) -> None:
        self._address = address.rstrip("/")
        self._patience = patience
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {token}"
        if transport is not None:
            self._session.mount(self._address, transport)

    def slots(
        self,
        service: str,
        windows: Sequence[tuple[str, str]] = (),
        location: str | None = None,
        limit: int = 60,
        cursor: str | None = None,
    ) -> Found:
        """Free starts, soonest first. `windows` are pairs of local ISO minutes."""
        query: list[tuple[str, str]] = [("service", service), ("limit", str(limit))]
        query += [("window", f"{start}/{end}") for start, end in windows]
        query += [("location", location)] if location else []
        query += [("cursor", cursor)] if cursor else []
        data = self._call("GET", "/v1/slots", query=query)
        return self._read(lambda: Found.read(data))

    def hold(self, slot_id: str, conversation: str, key: str, channel: str = "web", token: str | None = None) -> Hold:
        """Keep a slot for this conversation; its earlier hold is let go by the service. Raises SlotTaken, NotBookable.

        A hold whose answer is lost is Unreachable: it books nothing, and the next one of the conversation replaces it.
        """
        body = {"slot_id": slot_id, "conversation": conversation, "channel": channel}
        data = self._call("POST", "/v1/holds", body, key=key, token=token, changes=False)
        return self._read(lambda: Hold.read(data))

    def release(self, hold_id: str) -> None:
        """Let a hold go; one that is gone already is no error. After it nothing can be booked from it. Raises HoldUsed."""
        try:
            self._call("DELETE", f"/v1/holds/{hold_id}")
        except (NotFound, HoldExpired):
            return

    def book(
        self,
        hold_id: str,
        patient: Patient | None,
        conversation: str,
        channel: str = "web",
        language: str = "en",
        token: str | None = None,
        sender: str | None = None,
    ) -> Appointment:
        """Turn a hold into an appointment; the same hold is one appointment however often it is asked for.

        `patient` is for a person who is not verified, `token` for one who is; `sender` is the number that a text came from.
        Raises SlotTaken, HoldExpired, InvalidPatient, StaffDecide, PatientConflict, OutcomeUnknown; KeyUsed when the hold was
        booked with other details.
        """
        body: dict[str, Any] = {
            "hold_id": hold_id,
            "conversation": conversation,
            "channel": channel,
            "language": language,
        }
        if patient:
            body["patient"] = patient.as_json()
        if sender:
            body["sender_phone"] = sender
        data = self._call("POST", "/v1/appointments", body, key=booking_key(hold_id), token=token)
        return self._read(lambda: Appointment.read(data), OutcomeUnknown)

    def outcome(self, appointment_id: str, key: str) -> Appointment | None:
        """The visit as the change with this key left it; None when there was no such change. A booked hold is the visit's id.

        A service that restarts is waited for: the patient waits for nothing else.
        """
        try:
            data = self._call("GET", f"/v1/appointments/{appointment_id}", extra={"Idempotency-Key": key}, waits=True)
        except NotFound:
            return None
        return self._read(lambda: Appointment.read(data))

    def read_back(self, booked: Appointment, token: str | None = None) -> Appointment:
        """What the book now holds under this id. Raises OutcomeUnknown when that cannot be read."""
        extra = {"Booking-Token": booked.booking_token} if booked.booking_token else {}
        try:
            data = self._call("GET", f"/v1/appointments/{booked.appointment_id}", token=token, extra=extra)
            return self._read(lambda: Appointment.read(data))
        except BackendError as error:
            raise OutcomeUnknown("not read back") from error

    def match(self, patient: Patient, conversation: str, sender: str | None = None) -> Match:
        """Ask who this may be; `sender` is the number that a text came from. Raises InvalidPatient."""
        body: dict[str, Any] = patient.as_json() | {"conversation": conversation}
        if sender:
            body["sender_phone"] = sender
        data = self._call("POST", "/v1/patients:match", body)
        return self._read(lambda: Match.read(data))

    def send_code(self, match_id: str, language: str) -> None:
        """Have a one-time code sent to the contact on file, if there is one. Raises TooManyCodes, MatchExpired."""
        self._call("POST", "/v1/patients:send_code", {"match_id": match_id, "language": language})

    def verify(self, match_id: str, code: str) -> dict[str, str]:
        """{"token", "expires_at"} for the right code. Raises CodeWrong, TooManyCodes, MatchExpired."""
        data = self._call("POST", "/v1/patients:verify", {"match_id": match_id, "code": code})
        return self._read(lambda: {"token": str(data["patient_token"]), "expires_at": str(data["expires_at"])})

    def visits(self, token: str) -> list[Appointment]:
        """A verified person's upcoming visits, soonest first. Raises NotVerified."""
        data = self._call("GET", "/v1/appointments", query=[("upcoming", "true")], token=token)
        return self._read(lambda: [Appointment.read(item) for item in data["appointments"]])

    def move(self, visit: Appointment, hold_id: str, token: str) -> Appointment:
        """Move a visit to a held time; the old time is kept unless the new one was won.

        Raises SlotTaken, HoldExpired, Changed, TooLate, StaffDecide, NotVerified, OutcomeUnknown.
        """
        body = {"hold_id": hold_id, "version": visit.version}
        path = f"/v1/appointments/{visit.appointment_id}:reschedule"
        data = self._call("POST", path, body, key=moving_key(hold_id), token=token)
        return self._read(lambda: Appointment.read(data), OutcomeUnknown)

    def cancel(self, visit: Appointment, key: str, token: str, reason: str | None = None) -> Appointment:
        """Call a visit off. Raises Changed, TooLate, NotVerified, OutcomeUnknown."""
        body: dict[str, Any] = {"version": visit.version} | ({"reason": reason} if reason else {})
        data = self._call("POST", f"/v1/appointments/{visit.appointment_id}:cancel", body, key=key, token=token)
        return self._read(lambda: Appointment.read(data), OutcomeUnknown)

    def confirm(self, visit: Appointment, key: str, token: str) -> Appointment:
        """The patient will come. Raises Changed, StaffDecide, NotVerified, OutcomeUnknown."""
        body = {"version": visit.version}
        data = self._call("POST", f"/v1/appointments/{visit.appointment_id}:confirm", body, key=key, token=token)
        return self._read(lambda: Appointment.read(data), OutcomeUnknown)

    def wait(
        self,
        service: str,
        windows: Sequence[tuple[str, str]],
        location: str | None,
        patient: Patient | None,
        conversation: str,
        key: str,
        channel: str = "web",
        language: str = "en",
        token: str | None = None,
        sender: str | None = None,
    ) -> bool | None:
        """Join the waitlist. Returns whether offers can be texted; None while nobody asked. Raises InvalidPatient, StaffDecide, OutcomeUnknown."""
        body: dict[str, Any] = {
            "service": service,
            "windows": [f"{start}/{end}" for start, end in windows],
            "conversation": conversation,
            "channel": channel,
            "language": language,
        }
        body |= {"location": location} if location else {}
        body |= {"patient": patient.as_json()} if patient else {}
        body |= {"sender_phone": sender} if sender else {}
        data = self._call("POST", "/v1/waitlist", body, key=key, token=token)
        return self._read(lambda: None if data["texts"] is None else bool(data["texts"]), OutcomeUnknown)

    def texts(self, conversation: str, phone: str, wanted: bool, wording: str, key: str) -> None:
        """Keep whether a visitor may be sent text messages at this number; `wording` is the version of what asked. Raises NotFound."""
        body = {"conversation": conversation, "phone": phone, "wanted": wanted, "wording": wording}
        self._call("POST", "/v1/texts", body, key=key, changes=False)

    def call_back(self, name: str, phone: str, best_time: str, conversation: str, language: str, key: str) -> None:
        """Ask staff to call somebody; best_time: morning, afternoon, evening, any. Raises InvalidPatient, OutcomeUnknown."""
        body = {
            "name": name,
            "phone": phone,
            "best_time": best_time,
            "conversation": conversation,
            "language": language,
        }
        self._call("POST", "/v1/callbacks", body, key=key)

    def plan(self, service: str, location: str, count: int, start: str, token: str, **wish: Any) -> Plan:
        """A proposal for a course. `wish`: per_week, weekdays, earliest, latest, away, as in the service's OpenAPI.

        Raises NotVerified, NotAuthorised, TooManySessions, NoRoom.
        """
        body = {"service": service, "location": location, "count": count, "start": start, **wish}
        data = self._call("POST", "/v1/courses:plan", body, token=token)
        return self._read(lambda: Plan.read(data))

    def book_course(self, plan_id: str, key: str, token: str) -> Course:
        """Book every session of a plan, or none. Raises PlanExpired, SlotTaken, TooManySessions, OutcomeUnknown."""
        data = self._call("POST", "/v1/courses", {"plan_id": plan_id}, key=key, token=token)
        return self._read(lambda: Course.read(data), OutcomeUnknown)

    def courses(self, token: str) -> list[Course]:
        """A verified person's courses. Raises NotVerified."""
        data = self._call("GET", "/v1/courses", token=token)
        return self._read(lambda: [Course.read(item) for item in data["courses"]])

    def make_up(self, course_id: str, key: str, token: str) -> Course:
        """One session at the end for one that was missed or called off. Raises NothingToDo, NoRoom, TooManySessions."""
        data = self._call("POST", f"/v1/courses/{course_id}:make_up", {}, key=key, token=token)
        return self._read(lambda: Course.read(data), OutcomeUnknown)

    def shift(self, course_id: str, wish: Mapping[str, Any], key: str, token: str, dry_run: bool = False) -> Course:
        """Move part of a course: `after`, `until`, `earliest`, `latest`, `weekdays`. Raises NothingToDo, NoRoom, TooLate."""
        body = {**wish, "dry_run": dry_run}
        data = self._call("POST", f"/v1/courses/{course_id}:shift", body, key=key, token=token, changes=not dry_run)
        return self._read(lambda: Course.read(data), Unreachable if dry_run else OutcomeUnknown)

    def cancel_rest(self, course_id: str, key: str, token: str) -> Course:
        """Call off what is to come of a course. Raises NotVerified, OutcomeUnknown."""
        data = self._call("POST", f"/v1/courses/{course_id}:cancel_rest", {}, key=key, token=token)
        return self._read(lambda: Course.read(data), OutcomeUnknown)

    def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Sequence[tuple[str, str]] = (),
        key: str | None = None,
        token: str | None = None,
        extra: Mapping[str, str] | None = None,
        changes: bool | None = None,
        waits: bool = False,
    ) -> Any:
        """The JSON of a 2xx answer (None for 204). What may be sent twice is sent again once when no answer came.

        `changes`: whether the book may be another one afterwards (default: whatever carries a key). Then an attempt that was
        not answered makes every later failure an OutcomeUnknown. `waits`: a service that is just restarting is waited for.
        """
        changes = key is not None if changes is None else changes
        headers = dict(extra or {}) | ({"Patient-Token": token} if token else {})
        if key:
            headers["Idempotency-Key"] = key
        again = method in ("GET", "DELETE") or key is not None
        silence: type[Unreachable] = Unreachable
        restarted_by = time.monotonic() + RESTART_SECONDS
        attempt = 0
        while True:
            attempt += 1
            try:
                answer = self._session.request(
                    method,
                    self._address + path,
                    params=query,
                    json=body,
                    headers=headers,
                    timeout=(CONNECT_SECONDS, self._patience),
                    allow_redirects=False,
                )
            except requests.RequestException as error:
                # A connection that was never made changed nothing; a broken or silent one may have.
                made = not (isinstance(error, requests.ConnectTimeout) or _refused(error))
                if made and changes:
                    silence = OutcomeUnknown
                silent = isinstance(error, requests.ReadTimeout)
                waits = waits or (silence is OutcomeUnknown and again)
                if waits and not silent and time.monotonic() < restarted_by:
                    time.sleep(PAUSE_SECONDS)
                    continue
                if made and attempt == 1 and again:
                    continue
                raise silence(f"no answer: {type(error).__name__}") from error
            if answer.status_code >= 500:
                silence = OutcomeUnknown if changes else Unreachable
                if attempt == 1 and again:
                    continue
            return self._judge(answer, OutcomeUnknown if changes else Unreachable)

    def _judge(self, answer: requests.Response, silence: type[Unreachable]) -> Any:
        """The JSON of an answer, or what it means. `silence`: what to raise when it means nothing."""
        if answer.status_code == 204:
            return None
        try:
            data = answer.json()
        except ValueError as error:
            raise silence(f"{answer.status_code} no JSON") from error
        if answer.ok:
            return data
        problem: Mapping[str, Any] = data if isinstance(data, dict) else {}
        code = str(problem.get("code") or f"http_{answer.status_code}")
        if answer.status_code >= 500 or code == "backend_unavailable":
            raise silence(f"{answer.status_code} {code}")
        kind = CODES.get(code, NotFound if answer.status_code == 404 else Refused)
        raise kind(
            code, answer.status_code, _slots(problem.get("alternatives")), str(problem.get("field") or ""), problem
        )

    @staticmethod
    def _read(make: Callable[[], T], silence: type[Unreachable] = Unreachable) -> T:
        """A typed value from an answer; `silence` when the answer has another shape than agreed."""
        try:
            return make()
        except (KeyError, TypeError, ValueError) as error:
            raise silence(f"answer of another shape: {type(error).__name__}") from error


def booking_key(hold_id: str) -> str:
    """A hold is booked once, however often it is asked for."""
    return f"book:{hold_id}"


def moving_key(hold_id: str) -> str:
    """A visit is moved to a hold once."""
    return f"move:{hold_id}"


def _refused(error: Exception) -> bool:
    """Whether the connection was never made."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ConnectionRefusedError) or type(seen).__name__ == "NewConnectionError":
            return True
        inner = seen.args[0] if seen.args and isinstance(seen.args[0], BaseException) else None
        seen = getattr(inner, "reason", None) or inner or seen.__cause__ or seen.__context__
    return False


def _slots(items: Any) -> list[Slot]:
    """The alternatives of a problem; those of an unknown shape are left out."""
    found = []
    for item in items if isinstance(items, list) else []:
        try:
            found.append(Slot.read(item))
        except (KeyError, TypeError, ValueError):
            continue
    return found
