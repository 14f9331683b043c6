"""Bookings and the cells they claim."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Row,
    Select,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    union_all,
    update,
)

from scheduling import booking as states
from scheduling.booking import Booking, Busy
from scheduling.sql.session import Session
from scheduling.sql.tables import absence, booking, claim, patient
from scheduling.storage import Clash

LONGEST = 200
"""Cells: no visit with its buffer is longer, so that a search for overlaps has two bounds (600 minutes = 120 cells)."""

ABSENT = "-"
"""Stands before the resource of an absence, to tell it from the resources of a visit."""

LAPSED = "~"
"""Stands before the resources of a hold that is past its end and was not cleared away yet."""

ONE = ord("1")

_LIVE = booking.c.live == 1


def _later(column: Any, name: str) -> Any:
    return case((column > bindparam(name), column), else_=bindparam(name))


def _sooner(column: Any, name: str) -> Any:
    return case((column < bindparam(name), column), else_=bindparam(name))


_OVERLAP = (
    _LIVE,
    booking.c.first_cell > bindparam("first") - LONGEST,
    booking.c.first_cell < bindparam("end"),
    booking.c.end_cell > bindparam("first"),
)
_BUSY = union_all(
    select(
        case(
            (
                (booking.c.status == states.HELD) & (booking.c.expires_at <= bindparam("now")),
                LAPSED + booking.c.resources,
            ),
            else_=booking.c.resources,
        ),
        booking.c.first_cell,
        booking.c.end_cell,
    ).where(*_OVERLAP),
    select(
        ABSENT + absence.c.resource, _later(absence.c.first_cell, "first"), _sooner(absence.c.end_cell, "end")
    ).where(absence.c.end_cell > bindparam("first"), absence.c.first_cell < bindparam("end")),
)
"""Live bookings, and absences cut to the span that is asked for."""
_GET = select(booking).where(booking.c.id == bindparam("booking_id"))
_LOCK = _GET.with_for_update()
_LAPSED = select(booking).where(booking.c.status == states.HELD, booking.c.expires_at <= bindparam("now"))
_LAPSED_THERE = _LAPSED.where(*_OVERLAP)
_ADD = insert(booking)
_CLAIM = insert(claim)
_CLAIM_AT_ONCE = text(
    "INSERT INTO claim (resource, cell, booking_id) SELECT resource, cell, owner FROM unnest("
    "CAST(:resources AS varchar[]), CAST(:firsts AS integer[]), CAST(:lasts AS integer[]), CAST(:owners AS varchar[])"
    ") WITH ORDINALITY AS span (resource, first, last, owner, place), generate_series(first, last) AS cell "
    "ORDER BY place, cell"
)
"""PostgreSQL: all claims in one statement, told as spans of cells, written in their order."""
_OPEN_VISITS = select(func.count()).where(
    or_(*(booking.c.status == state for state in states.OPEN)),
    booking.c.verified == 0,
    booking.c.first_cell > bindparam("after"),
)
_OPEN_BY_PHONE = _OPEN_VISITS.where(booking.c.patient_id == patient.c.id, patient.c.phone == bindparam("phone"))
_OPEN_BY_CONVERSATION = _OPEN_VISITS.where(booking.c.conversation == bindparam("conversation"))
_CHANGE = update(booking).where(
    booking.c.id == bindparam("old_id"),
    booking.c.version == bindparam("old_version"),
    booking.c.status == bindparam("old_status"),
)


class SqlBookings:
    """See scheduling.storage.Bookings."""

    def __init__(self, session: Session) -> None:
        self._db = session

    def busy(self, first: int, end: int, now: int) -> Busy:
        """Visits with the same resources never overlap, so that their mask is the binary number of their ends minus that of
        their starts. Both are drawn as digits, which is much quicker than working on a long mask once for every visit.
        """
        found, size = Busy(first - LONGEST), end - first + 2 * LONGEST
        drawn: dict[str, tuple[bytearray, bytearray]] = {}
        for resources, start, stop in self._db.ask(_BUSY, {"first": first, "end": end, "now": now}):
            if resources[0] == ABSENT:
                found.add(resources[1:], start, stop)
                continue
            if resources[0] == LAPSED:
                found.lapsed = True
                continue
            try:
                starts, ends = drawn[resources]
            except KeyError:
                starts, ends = drawn[resources] = bytearray(b"0") * size, bytearray(b"0") * size
            starts[found.base - 1 - start] = ends[found.base - 1 - stop] = ONE
        for resources, (starts, ends) in drawn.items():
            found.add_mask(resources.split(), int(ends, 2) - int(starts, 2))
        return found

    def get(self, booking_id: str, lock: bool = False) -> Booking | None:
        row = self._db.execute(_LOCK if lock else _GET, {"booking_id": booking_id}).first()
        return _booking(row) if row else None

    def add(self, booking_: Booking) -> None:
        self._db.later(_ADD, [_row(booking_)])
        self._claim(booking_, booking_.claims())

    def add_all(self, bookings: Sequence[Booking]) -> None:
        self._db.later(_ADD, [_row(one) for one in bookings])
        self._claim_all(bookings)

    def replan(self, changes: Sequence[tuple[Booking, Booking]]) -> None:
        self._db.execute(delete(claim).where(claim.c.booking_id.in_([old.id for old, _ in changes])))
        for old, new in changes:
            self._change(old, new)
        self._claim_all([new for _, new in changes if new.status in states.LIVE])

    def save(self, old: Booking, new: Booking) -> None:
        self._change(old, new)
        before = set(old.claims()) if old.status in states.LIVE else set()
        after = set(new.claims()) if new.status in states.LIVE else set()
        if before and not after:
            self._db.execute(delete(claim).where(claim.c.booking_id == old.id))
        elif gone := sorted(before - after):
            self._db.execute(
                delete(claim).where(claim.c.resource == bindparam("r"), claim.c.cell == bindparam("n")),
                [{"r": resource, "n": at} for resource, at in gone],
            )
        if come := sorted(after - before):
            self._claim(new, come)

    def lapsed(self, now: int, first: int | None = None, end: int | None = None) -> list[Booking]:
        if first is None or end is None:
            rows = self._db.execute(_LAPSED.order_by(booking.c.id), {"now": now})
        else:
            rows = self._db.execute(_LAPSED_THERE.order_by(booking.c.id), {"now": now, "first": first, "end": end})
        return [_booking(row) for row in rows]

    def held_by(self, conversation: str) -> list[Booking]:
        mine = (booking.c.conversation == conversation, booking.c.status == states.HELD)
        return [_booking(row) for row in self._db.execute(select(booking).where(*mine).order_by(booking.c.id))]

    def of_patients(self, patient_ids: Sequence[str]) -> list[Booking]:
        theirs = (booking.c.patient_id.in_(patient_ids), booking.c.status != states.HELD)
        rows = self._db.execute(select(booking).where(*theirs).order_by(booking.c.first_cell, booking.c.id))
        return [_booking(row) for row in rows]

    def open_count(self, now_cell: int, phone: str | None = None, conversation: str | None = None) -> int:
        query: Select[int] = _OPEN_VISITS
        asked: dict[str, Any] = {"after": now_cell}
        if phone is not None:
            query, asked = _OPEN_BY_PHONE, asked | {"phone": phone}
        elif conversation is not None:
            query, asked = _OPEN_BY_CONVERSATION, asked | {"conversation": conversation}
        return int(self._db.ask(query, asked)[0][0])

    def between(self, first: int, end: int, location: str | None = None) -> list[Booking]:
        query = select(booking).where(*_OVERLAP, booking.c.status != states.HELD)
        if location is not None:
            query = query.where(booking.c.location == location)
        rows = self._db.execute(query.order_by(booking.c.first_cell, booking.c.id), {"first": first, "end": end})
        return [_booking(row) for row in rows]

    def drop_claims(self, before: int) -> int:
        over = select(booking.c.id).where(booking.c.end_cell < before)
        return self._db.execute(delete(claim).where(claim.c.booking_id.in_(over))).rowcount

    def of_course(self, course_id: str) -> list[Booking]:
        query = select(booking).where(booking.c.course_id == course_id)
        return [_booking(row) for row in self._db.execute(query.order_by(booking.c.first_cell, booking.c.id))]

    def _change(self, old: Booking, new: Booking) -> None:
        row = _row(new) | {"old_id": old.id, "old_version": old.version, "old_status": old.status}
        row.pop("id")
        if self._db.execute(_CHANGE, row).rowcount != 1:
            raise Clash("changed")

    def _claim_all(self, owners: Sequence[Booking]) -> None:
        self._write_claims([(r, n, one.id) for one in owners for r, n in one.claims()])

    def _claim(self, owner: Booking, pairs: Sequence[tuple[str, int]]) -> None:
        self._write_claims([(r, n, owner.id) for r, n in pairs])

    def _write_claims(self, rows: Sequence[tuple[str, int, str]]) -> None:
        """Always in the order of (resource, cell), so that two writers never wait for each other in a circle."""
        if not rows:
            return
        rows = sorted(rows)
        if self._db.postgres:
            self._db.later(_CLAIM_AT_ONCE, [_spans(rows)])
        else:
            self._db.later(_CLAIM, [{"resource": r, "cell": n, "booking_id": one} for r, n, one in rows])


def _spans(rows: Sequence[tuple[str, int, str]]) -> dict[str, list[Any]]:
    """Sorted claims as spans of neighbouring cells that have one resource and one owner."""
    told: dict[str, list[Any]] = {"resources": [], "firsts": [], "lasts": [], "owners": []}
    before = None
    for resource, at, owner in rows:
        if before == (resource, at - 1, owner):
            told["lasts"][-1] = at
        else:
            for name, value in zip(told, (resource, at, at, owner), strict=True):
                told[name].append(value)
        before = (resource, at, owner)
    return told


def _row(value: Booking) -> dict[str, Any]:
    return {
        "id": value.id,
        "status": value.status,
        "live": int(value.status in states.LIVE),
        "service": value.service,
        "location": value.location,
        "local_start": value.local_start,
        "tz": value.tz,
        "first_cell": value.start,
        "end_cell": value.end,
        "minutes": value.minutes,
        "resources": " ".join(value.resources),
        "patient_id": value.patient_id,
        "verified": int(value.verified),
        "conversation": value.conversation,
        "channel": value.channel,
        "course_id": value.course_id,
        "one_per_day": int(value.one_per_day),
        "expires_at": value.expires_at,
        "version": value.version,
        "cancel_reason": value.cancel_reason,
        "created_at": value.created_at,
        "updated_at": value.updated_at,
    }


def _booking(row: Row[Any]) -> Booking:
    return Booking(
        id=row.id,
        status=row.status,
        service=row.service,
        location=row.location,
        local_start=row.local_start,
        tz=row.tz,
        start=row.first_cell,
        end=row.end_cell,
        minutes=row.minutes,
        resources=tuple(row.resources.split()),
        patient_id=row.patient_id,
        verified=bool(row.verified),
        conversation=row.conversation,
        channel=row.channel,
        course_id=row.course_id,
        one_per_day=bool(row.one_per_day),
        expires_at=row.expires_at,
        version=row.version,
        cancel_reason=row.cancel_reason,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
