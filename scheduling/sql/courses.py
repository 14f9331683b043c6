"""Authorisations and courses."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, insert, select, update

from scheduling.booking import COMPLETED, OPEN
from scheduling.record import Authorisation, Course
from scheduling.sql.rows import from_row, to_row
from scheduling.sql.session import Session
from scheduling.sql.tables import authorisation, booking, course


class SqlCourses:
    """See scheduling.storage.Courses."""

    def __init__(self, session: Session) -> None:
        self._db = session

    def add_authorisation(self, value: Authorisation) -> None:
        self._db.execute(insert(authorisation), to_row(value))

    def authorisations(self, patient_ids: Sequence[str], service: str) -> list[Authorisation]:
        query = select(authorisation).where(
            authorisation.c.patient_id.in_(patient_ids),
            authorisation.c.service == service,
            authorisation.c.withdrawn_at.is_(None),
        )
        rows = self._db.execute(query.order_by(authorisation.c.created_at, authorisation.c.id).with_for_update())
        return [from_row(Authorisation, row) for row in rows]

    def authorisation(self, authorisation_id: str) -> Authorisation | None:
        query = select(authorisation).where(authorisation.c.id == authorisation_id).with_for_update()
        row = self._db.execute(query).first()
        return from_row(Authorisation, row) if row else None

    def used(self, authorisation_id: str) -> int:
        query = select(func.count()).where(
            course.c.authorisation_id == authorisation_id,
            booking.c.course_id == course.c.id,
            booking.c.status.in_((*OPEN, COMPLETED)),
        )
        return int(self._db.execute(query).scalar_one())

    def add(self, value: Course) -> None:
        self._db.execute(insert(course), to_row(value))

    def get(self, course_id: str) -> Course | None:
        row = self._db.execute(select(course).where(course.c.id == course_id).with_for_update()).first()
        return from_row(Course, row) if row else None

    def of_patients(self, patient_ids: Sequence[str]) -> list[Course]:
        query = select(course).where(course.c.patient_id.in_(patient_ids)).order_by(course.c.created_at, course.c.id)
        return [from_row(Course, row) for row in self._db.execute(query)]

    def save(self, value: Course) -> None:
        self._db.execute(update(course).where(course.c.id == value.id), to_row(value))
