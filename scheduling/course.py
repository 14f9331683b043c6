"""Whole courses: plan, book, extend, shift, make up, call off the rest. Every change happens completely or not at all."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from scheduling import (
    admission,
    allowance,
    appointment,
    availability,
    calendar_file,
    cell,
    course_plan,
    hold,
    notice,
    sentences,
)
from scheduling.booking import BOOKED, CANCELLED, LIVE, NO_SHOW, Booking
from scheduling.caller import Caller
from scheduling.course_plan import Plan, Planner, Wish
from scheduling.idempotency import Request, once
from scheduling.office import Office, new_id
from scheduling.problem import BadRequest, Conflict
from scheduling.record import Authorisation, Course
from scheduling.slot import Slot
from scheduling.storage import Book

PLAN_SECONDS = 30 * 60


@dataclass(frozen=True)
class Shift:
    """Move the sessions after one local date (until another) into other minutes of the day, or to other weekdays."""

    after: date
    until: date | None
    minutes: tuple[int, int]
    weekdays: tuple[str, ...]


def plan(office: Office, caller: Caller, service_id: str, location: str, wish: Wish) -> dict[str, Any]:
    """A proposal; nothing is written. `plan_id` carries it, sealed, for half an hour.

    Raises not_verified, unknown_service, not_authorised, authorisation_exceeded, course_partial_impossible.
    """
    caller.must_be_verified()
    service = office.service(service_id)
    office.locations(location)
    if not service.course:
        raise sentences.unknown_service()

    def work(book: Book) -> dict[str, Any]:
        start = max(wish.start, office.today())
        allowed = allowance.find(office, book, caller, service_id, wish.count, [])
        made = Planner(office, book, service, location, allowed, caller.patient_ids, start).plan(wish)
        return made.body() | {
            "plan_id": _seal(office, made, allowed, wish),
            "service": service_id,
            "location": location,
        }

    return office.storage.read(work)


def book(office: Office, caller: Caller, plan_id: str, request: Request) -> dict[str, Any]:
    """Book every session of a plan, or none. Raises not_verified, plan_expired, slot_taken, authorisation_exceeded."""
    caller.must_be_verified()
    said = _open(office, plan_id)

    def work(book_: Book) -> tuple[dict[str, Any], str | None]:
        place = office.rota.places[said["location"]]
        minutes = office.service(said["service"]).minutes
        slots = [Slot(said["service"], place.id, at, minutes, place.timezone) for at in said["starts"]]
        allowed = allowance.find(
            office, book_, caller, said["service"], len(slots), [slot.local.date() for slot in slots]
        )
        if allowed.id != said["authorisation"]:
            raise plan_expired()
        now = office.now()
        course = Course(
            new_id(), caller.patient_ids[0], allowed.id, said["service"], place.id, "open", now, now, said["wish"]
        )
        book_.courses.add(course)
        sessions = _add(office, book_, caller, course, allowed, slots)
        book_.audit.note(now, caller.actor, "book_course", course.id, course.patient_id, {"sessions": len(sessions)})
        notice.course(office, book_, course, sessions, new=True)
        return _body(office, course, sessions), None

    return once(office, request, work)


def read(office: Office, caller: Caller, course_id: str) -> dict[str, Any]:
    """One course with its sessions. Raises not_verified, not_found."""
    caller.must_be_verified()

    def work(book_: Book) -> dict[str, Any]:
        course = _mine(book_, caller, course_id)
        return _body(office, course, book_.bookings.of_course(course.id))

    return office.storage.read(work)


def list_mine(office: Office, caller: Caller) -> list[dict[str, Any]]:
    """The caller's courses. Raises not_verified."""
    caller.must_be_verified()

    def work(book_: Book) -> list[dict[str, Any]]:
        courses = book_.courses.of_patients(caller.patient_ids)
        return [_body(office, one, book_.bookings.of_course(one.id)) for one in courses]

    return office.storage.read(work)


def extend(office: Office, caller: Caller, course_id: str, count: int, request: Request) -> dict[str, Any]:
    """`count` more sessions after the last one, in the course's own rhythm. Raises as plan and book do."""
    return _append(office, caller, course_id, count, request, "extend")


def make_up(office: Office, caller: Caller, course_id: str, request: Request) -> dict[str, Any]:
    """One session at the end for one that was missed or called off. Raises nothing_missed, and as extend."""
    return _append(office, caller, course_id, 1, request, "make_up")


def shift(
    office: Office, caller: Caller, course_id: str, wanted: Shift, dry_run: bool, request: Request
) -> dict[str, Any]:
    """Move part of a course; each session keeps its id. With `dry_run` only the proposal comes back.

    Without weekdays each session stays on its day. Raises not_found, too_late, course_partial_impossible.
    """
    caller.must_be_verified()

    def work(book_: Book) -> tuple[dict[str, Any], str | None]:
        course = _mine(book_, caller, course_id)
        sessions = book_.bookings.of_course(course.id)
        until = wanted.until or date.max
        olds = [one for one in sessions if one.open and wanted.after < one.slot.local.date() <= until]
        if not olds:
            raise nothing_to_do()
        for one in olds:
            appointment.must_be_changeable(office, one)
        changes = [
            (old, _moved(office, old, slot, resources))
            for old, (slot, resources) in zip(olds, _replan(office, book_, caller, course, olds, wanted), strict=True)
        ]
        changes = [(old, new) for old, new in changes if new.slot != old.slot]
        changed = {old.id: new for old, new in changes}
        after = sorted((changed.get(one.id, one) for one in sessions), key=lambda one: one.start)
        if not dry_run and changes:
            book_.bookings.replan(changes)
            course = _touch(office, book_, course)
            book_.audit.note(
                office.now(), caller.actor, "shift_course", course.id, course.patient_id, {"moved": len(changes)}
            )
            notice.course(office, book_, course, [one for one in after if one.open], new=False)
        return _body(office, course, after) | {"moved": [new.body() for _, new in changes]}, None

    if dry_run:
        return office.storage.read(work)[0]
    return once(office, request, work)


def cancel_rest(office: Office, caller: Caller, course_id: str, request: Request) -> dict[str, Any]:
    """Call off every session that may still be called off; `kept` lists those too close to now (staff can)."""
    caller.must_be_verified()

    def work(book_: Book) -> tuple[dict[str, Any], str | None]:
        course = _mine(book_, caller, course_id)
        now, cutoff = office.now(), office.clinic.booking.change_cutoff_hours * 3600
        sessions = book_.bookings.of_course(course.id)
        to_come = [one for one in sessions if one.open and one.start * cell.SECONDS > now]
        kept = [one for one in to_come if one.start * cell.SECONDS - now < cutoff]
        gone = [one for one in to_come if one not in kept]
        news = [
            (one, replace(one, status=CANCELLED, version=one.version + 1, cancel_reason="other", updated_at=now))
            for one in gone
        ]
        if news:
            book_.bookings.replan(news)
            course = _touch(office, book_, course, status="open" if kept else "ended")
            book_.audit.note(now, caller.actor, "cancel_rest", course.id, course.patient_id, {"sessions": len(news)})
            notice.course(office, book_, course, kept, new=False)
        after = book_.bookings.of_course(course.id)
        return _body(office, course, after) | {"kept": [one.body() for one in kept], "called_off": len(news)}, None

    return once(office, request, work)


def plan_expired() -> BadRequest:
    return BadRequest(
        "plan_expired",
        "That plan is too old or has changed. Let us plan the sessions again.",
        "Ese plan ya no es válido. Planifiquemos las sesiones de nuevo.",
        410,
    )


def nothing_missed() -> Conflict:
    return Conflict("nothing_missed", "No session of this course was missed.", "No se perdió ninguna sesión.", 409)


def nothing_to_do() -> Conflict:
    return Conflict(
        "nothing_to_do", "No session lies in that part of the course.", "No hay sesiones en esa parte.", 409
    )


def _append(
    office: Office, caller: Caller, course_id: str, count: int, request: Request, action: str
) -> dict[str, Any]:
    caller.must_be_verified()

    def work(book_: Book) -> tuple[dict[str, Any], str | None]:
        course = _mine(book_, caller, course_id)
        allowed = _allowed(office, book_, course, count)
        sessions = book_.bookings.of_course(course.id)
        live = [one for one in sessions if one.status in LIVE and one.status != NO_SHOW]
        if action == "make_up" and len(live) == len(sessions):
            raise nothing_missed()
        last = max((one.slot.local.date() for one in live), default=office.today())
        start = max(last + timedelta(days=0 if allowed.per_day > 1 else 1), office.today())
        wish = course_plan.from_kept(course.wish, count, start)
        service = office.service(course.service)
        made = Planner(office, book_, service, course.location, allowed, caller.patient_ids, start).plan(wish)
        added = _add(office, book_, caller, course, allowed, made.slots)
        course = _touch(office, book_, course)
        book_.audit.note(office.now(), caller.actor, action, course.id, course.patient_id, {"sessions": count})
        after = book_.bookings.of_course(course.id)
        notice.course(office, book_, course, [one for one in after if one.open], new=False)
        return _body(office, course, after) | {"added": [one.body() for one in added]}, None

    return once(office, request, work)


def _allowed(office: Office, book_: Book, course: Course, count: int) -> Authorisation:
    allowed = book_.courses.authorisation(course.authorisation_id)
    if allowed is None or allowed.withdrawn_at:
        raise allowance.not_authorised(office.phone)
    left = allowed.sessions - book_.courses.used(allowed.id)
    if count > left:
        raise allowance.exceeded(max(left, 0), office.phone)
    return allowed


def _add(
    office: Office, book_: Book, caller: Caller, course: Course, allowed: Authorisation, slots: Sequence[Slot]
) -> list[Booking]:
    """Write the sessions with free resources, the same ones throughout where it can be. Raises slot_taken and patient_conflict."""
    now, service = office.now(), office.rota.services[course.service]
    whole = (service.minutes + service.buffer_minutes) // cell.MINUTES
    first, end = slots[0].start, slots[-1].start + whole
    for lapsed in book_.bookings.lapsed(now, first, end):
        admission.expire(book_, lapsed, now)
    busy = book_.bookings.busy(first, end, now)
    own = [one for one in book_.bookings.of_patients(caller.patient_ids) if one.status in LIVE]
    days = {one.local_start[:10] for one in own if one.service == course.service}
    closures = book_.closures.on(slots[0].local.date(), slots[-1].local.date())
    made: list[Booking] = []
    for slot in slots:
        admission.admit(office, book_, slot.slot_id, closures)
        chosen = availability.pick(office.rota, service, slot, busy, made[-1].resources if made else ())
        if chosen is None:
            problem = sentences.slot_taken(())
            problem.alternatives, problem.extra = None, {"slot_id": slot.slot_id}
            raise problem
        new = replace(
            hold.new(office, slot, chosen, "web", None),
            status=BOOKED,
            expires_at=None,
            patient_id=course.patient_id,
            verified=True,
            course_id=course.id,
            one_per_day=allowed.per_day == 1,
        )
        twice = new.local_start[:10] in days and allowed.per_day == 1
        if twice or any(one.start < new.end and new.start < one.end for one in own):
            raise sentences.patient_conflict([])
        for resource in chosen:
            busy.add(resource, new.start, new.end)
        made.append(new)
    book_.bookings.add_all(made)
    return made


def _replan(
    office: Office, book_: Book, caller: Caller, course: Course, olds: Sequence[Booking], wanted: Shift
) -> list[tuple[Slot, tuple[str, ...]]]:
    allowed = book_.courses.authorisation(course.authorisation_id)
    if allowed is None:
        raise allowance.not_authorised(office.phone)
    service = office.service(course.service)
    first = olds[0].slot.local.date()
    planner = Planner(office, book_, service, course.location, allowed, caller.patient_ids, first, olds)
    per_week = int(course.wish.get("per_week", 5))
    if wanted.weekdays:
        made = planner.plan(Wish(len(olds), min(per_week, 7), first, wanted.weekdays, wanted.minutes))
        return list(zip(made.slots, made.resources, strict=True))
    made = Plan()
    every_day = Wish(len(olds), 7, first, (), wanted.minutes)
    for old in olds:
        planner.on(old.slot.local.date(), every_day, made)
    if len(made.slots) < len(olds):
        raise course_plan.impossible(len(made.slots), len(olds), office.phone)
    return list(zip(made.slots, made.resources, strict=True))


def _moved(office: Office, old: Booking, slot: Slot, resources: tuple[str, ...]) -> Booking:
    if slot == old.slot:
        return old
    return replace(
        old,
        status=BOOKED,
        local_start=slot.local.replace(tzinfo=None).isoformat(timespec="minutes"),
        start=slot.start,
        end=slot.start + (old.end - old.start),
        resources=resources,
        version=old.version + 1,
        updated_at=office.now(),
    )


def _touch(office: Office, book_: Book, course: Course, status: str = "open") -> Course:
    new = replace(course, version=course.version + 1, updated_at=office.now(), status=status)
    book_.courses.save(new)
    return new


def _mine(book_: Book, caller: Caller, course_id: str) -> Course:
    course = book_.courses.get(course_id)
    if course is None or course.patient_id not in caller.patient_ids:
        raise sentences.not_found()
    return course


def _body(office: Office, course: Course, sessions: Sequence[Booking]) -> dict[str, Any]:
    return {
        "course_id": course.id,
        "status": course.status,
        "version": course.version,
        "service": course.service,
        "location": course.location,
        "sessions": [one.body() for one in sessions],
        "calendar": calendar_file.link(office, calendar_file.COURSE, course.id),
    }


def _seal(office: Office, made: Plan, allowed: Authorisation, wish: Wish) -> str:
    said = {
        "until": office.now() + PLAN_SECONDS,
        "authorisation": allowed.id,
        "service": made.slots[0].service,
        "location": made.slots[0].location,
        "starts": [slot.start for slot in made.slots],
        "wish": wish.kept(),
    }
    text = base64.urlsafe_b64encode(zlib.compress(json.dumps(said).encode(), 9)).decode()
    return f"{text}.{office.seal('plan', text)}"


def _open(office: Office, plan_id: str) -> dict[str, Any]:
    """What a plan says. Raises plan_expired also for one that we did not seal."""
    text, _, seal = plan_id.partition(".")
    if not office.fits("plan", text, seal):
        raise plan_expired()
    said: dict[str, Any] = json.loads(zlib.decompress(base64.urlsafe_b64decode(text)))
    if said["until"] < office.now():
        raise plan_expired()
    return said
