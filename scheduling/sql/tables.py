"""The tables. Times are seconds since 1970, cells are five minutes, dates and local times ISO text.

Every row that names a person is in `patient`, `callback`, `message` or `contact_match`; everything else holds ids.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

ID = String(32)
SECONDS = BigInteger

patient = Table(
    "patient",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(120), nullable=False),
    Column("date_of_birth", String(10), nullable=False),
    Column("phone", String(20), nullable=False, index=True),
    Column("email", String(254)),
    Column("language", String(2), nullable=False),
    Column("origin", String(8), nullable=False),
    Column("sms_ok", Integer, nullable=False),
    Column("sms_method", String(12)),
    Column("sms_wording", String(24)),
    Column("sms_at", SECONDS),
    Column("created_at", SECONDS, nullable=False),
    Column("erased_at", SECONDS),
)

booking = Table(
    "booking",
    metadata,
    Column("id", ID, primary_key=True),
    Column("status", String(12), nullable=False),
    Column("live", Integer, nullable=False),
    Column("service", String(32), nullable=False),
    Column("location", String(32), nullable=False),
    Column("local_start", String(16), nullable=False),
    Column("tz", String(64), nullable=False),
    Column("first_cell", Integer, nullable=False),
    Column("end_cell", Integer, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("resources", String(400), nullable=False),
    Column("patient_id", ID, ForeignKey("patient.id")),
    Column("verified", Integer, nullable=False),
    Column("conversation", String(64)),
    Column("channel", String(8), nullable=False),
    Column("course_id", ID, ForeignKey("course.id")),
    Column("one_per_day", Integer, nullable=False),
    Column("expires_at", SECONDS),
    Column("version", Integer, nullable=False),
    Column("cancel_reason", String(32)),
    Column("created_at", SECONDS, nullable=False),
    Column("updated_at", SECONDS, nullable=False),
    Index("ix_booking_time", "live", "first_cell", "end_cell", "status", "expires_at", "resources"),
    Index("ix_booking_patient_id", "patient_id"),
    Index("ix_booking_course_id", "course_id"),
    Index("ix_booking_conversation", "conversation"),
    Index("ix_booking_held", "status", "expires_at"),
)

claim = Table(
    "claim",
    metadata,
    Column("resource", String(80), nullable=False),
    Column("cell", Integer, nullable=False),
    Column("booking_id", ID, ForeignKey("booking.id", ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("resource", "cell", name="pk_claim"),
    Index("ix_claim_booking_id", "booking_id"),
    sqlite_with_rowid=False,
)
"""No two bookings own one cell of a resource: this primary key is the promise."""

answer = Table(
    "answer",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("status", Integer),
    Column("body", Text),
    Column("booking_id", ID),
    Column("created_at", SECONDS, nullable=False, index=True),
)

closure = Table(
    "closure",
    metadata,
    Column("day", String(10), nullable=False),
    Column("location", String(32), nullable=False),
    Column("reason", String(200)),
    PrimaryKeyConstraint("day", "location", name="pk_closure"),
)
"""`location` is "" for all locations."""

absence = Table(
    "absence",
    metadata,
    Column("id", ID, primary_key=True),
    Column("resource", String(32), nullable=False),
    Column("first_cell", Integer, nullable=False),
    Column("end_cell", Integer, nullable=False, index=True),
    Column("reason", String(200)),
)

authorisation = Table(
    "authorisation",
    metadata,
    Column("id", ID, primary_key=True),
    Column("patient_id", ID, ForeignKey("patient.id"), nullable=False, index=True),
    Column("service", String(32), nullable=False),
    Column("sessions", Integer, nullable=False),
    Column("valid_from", String(10), nullable=False),
    Column("valid_until", String(10), nullable=False),
    Column("per_day", Integer, nullable=False),
    Column("gap_minutes", Integer, nullable=False),
    Column("created_at", SECONDS, nullable=False),
    Column("withdrawn_at", SECONDS),
)

course = Table(
    "course",
    metadata,
    Column("id", ID, primary_key=True),
    Column("patient_id", ID, ForeignKey("patient.id"), nullable=False, index=True),
    Column("authorisation_id", ID, ForeignKey("authorisation.id"), nullable=False, index=True),
    Column("service", String(32), nullable=False),
    Column("location", String(32), nullable=False),
    Column("status", String(12), nullable=False),
    Column("wish", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", SECONDS, nullable=False),
    Column("updated_at", SECONDS, nullable=False),
)

contact_match = Table(
    "contact_match",
    metadata,
    Column("id", ID, primary_key=True),
    Column("subject", String(64), nullable=False, index=True),
    Column("patient_ids", Text, nullable=False),
    Column("conversation", String(64)),
    Column("code_hash", String(64)),
    Column("code_expires_at", SECONDS),
    Column("tries", Integer, nullable=False),
    Column("created_at", SECONDS, nullable=False),
    Column("expires_at", SECONDS, nullable=False, index=True),
)

code_event = Table(
    "code_event",
    metadata,
    Column("id", ID, primary_key=True),
    Column("subject", String(64), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("at", SECONDS, nullable=False),
    Index("ix_code_event_subject_kind_at", "subject", "kind", "at"),
)

patient_token = Table(
    "patient_token",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("patient_ids", Text, nullable=False),
    Column("conversation", String(64)),
    Column("expires_at", SECONDS, nullable=False, index=True),
)

waiting = Table(
    "waiting",
    metadata,
    Column("id", ID, primary_key=True),
    Column("patient_id", ID, ForeignKey("patient.id"), nullable=False, index=True),
    Column("verified", Integer, nullable=False),
    Column("service", String(32), nullable=False),
    Column("location", String(32)),
    Column("wish", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("conversation", String(64)),
    Column("status", String(12), nullable=False),
    Column("created_at", SECONDS, nullable=False),
    Column("updated_at", SECONDS, nullable=False),
    Index("ix_waiting_status", "status", "service", "created_at"),
)

offer = Table(
    "offer",
    metadata,
    Column("id", ID, primary_key=True),
    Column("waiting_id", ID, ForeignKey("waiting.id"), nullable=False, index=True),
    Column("booking_id", ID, ForeignKey("booking.id"), nullable=False, index=True),
    Column("round", Integer, nullable=False),
    Column("status", String(12), nullable=False),
    Column("created_at", SECONDS, nullable=False),
    Column("expires_at", SECONDS, nullable=False),
    Index("ix_offer_status", "status", "expires_at"),
)

message = Table(
    "message",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("audience", String(8), nullable=False),
    Column("patient_id", ID, ForeignKey("patient.id"), index=True),
    Column("booking_id", ID, ForeignKey("booking.id"), index=True),
    Column("course_id", ID, ForeignKey("course.id"), index=True),
    Column("recipient", String(254)),
    Column("language", String(2), nullable=False),
    Column("text", Text),
    Column("due_at", SECONDS, nullable=False),
    Column("useless_after", SECONDS, nullable=False),
    Column("status", String(12), nullable=False),
    Column("lease", ID),
    Column("lease_until", SECONDS),
    Column("attempts", Integer, nullable=False),
    Column("error", String(64)),
    Column("created_at", SECONDS, nullable=False),
    Index("ix_message_due", "status", "due_at"),
)

callback = Table(
    "callback",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(120), nullable=False),
    Column("phone", String(20), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("best_time", String(64)),
    Column("language", String(2), nullable=False),
    Column("conversation", String(64)),
    Column("status", String(12), nullable=False, index=True),
    Column("created_at", SECONDS, nullable=False),
    Column("updated_at", SECONDS, nullable=False),
)

alert = Table(
    "alert",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("subject", String(64)),
    Column("status", String(12), nullable=False, index=True),
    Column("created_at", SECONDS, nullable=False),
    Column("updated_at", SECONDS, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", SECONDS, nullable=False),
    Column("actor", String(16), nullable=False),
    Column("action", String(32), nullable=False),
    Column("subject", String(64), nullable=False, index=True),
    Column("patient_id", ID, index=True),
    Column("detail", Text, nullable=False),
)
