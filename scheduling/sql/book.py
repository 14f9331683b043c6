"""The Book of one transaction, over SQL."""

from __future__ import annotations

import hashlib
from functools import cached_property

from sqlalchemy import Connection, text

from scheduling.sql.answers import SqlAnswers
from scheduling.sql.audit import SqlAudit
from scheduling.sql.bookings import SqlBookings
from scheduling.sql.closures import SqlClosures
from scheduling.sql.courses import SqlCourses
from scheduling.sql.identities import SqlIdentities
from scheduling.sql.messages import SqlMessages
from scheduling.sql.patients import SqlPatients
from scheduling.sql.records import SqlRecords
from scheduling.sql.session import Session
from scheduling.sql.waitlist import SqlWaitlist

_LOCK = text("SELECT pg_advisory_xact_lock(:lock)")


class SqlBook:
    """See scheduling.storage.Book. `connection` is inside a transaction; `session.commit` ends it."""

    def __init__(self, connection: Connection) -> None:
        self.session = Session(connection)

    def one_at_a_time(self, name: str) -> None:
        if self.session.postgres:  # SQLite has one writer anyway
            lock = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)
            self.session.later(_LOCK, [{"lock": lock}])

    @cached_property
    def bookings(self) -> SqlBookings:
        return SqlBookings(self.session)

    @cached_property
    def patients(self) -> SqlPatients:
        return SqlPatients(self.session)

    @cached_property
    def answers(self) -> SqlAnswers:
        return SqlAnswers(self.session)

    @cached_property
    def closures(self) -> SqlClosures:
        return SqlClosures(self.session)

    @cached_property
    def audit(self) -> SqlAudit:
        return SqlAudit(self.session)

    @cached_property
    def courses(self) -> SqlCourses:
        return SqlCourses(self.session)

    @cached_property
    def identities(self) -> SqlIdentities:
        return SqlIdentities(self.session)

    @cached_property
    def messages(self) -> SqlMessages:
        return SqlMessages(self.session)

    @cached_property
    def records(self) -> SqlRecords:
        return SqlRecords(self.session)

    @cached_property
    def waitlist(self) -> SqlWaitlist:
        return SqlWaitlist(self.session)
