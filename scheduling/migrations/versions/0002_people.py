"""Identity, waitlist, messages, call-backs and alerts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index(op.f("ix_alert_status"), "alert", ["status"], unique=False)
    op.create_table(
        "callback",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("best_time", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback")),
    )
    op.create_index(op.f("ix_callback_status"), "callback", ["status"], unique=False)
    op.create_table(
        "code_event",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_event")),
    )
    op.create_index("ix_code_event_subject_kind_at", "code_event", ["subject", "kind", "at"], unique=False)
    op.create_table(
        "contact_match",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("patient_ids", sa.Text(), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_expires_at", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_match")),
    )
    op.create_index(op.f("ix_contact_match_expires_at"), "contact_match", ["expires_at"], unique=False)
    op.create_index(op.f("ix_contact_match_subject"), "contact_match", ["subject"], unique=False)
    op.create_table(
        "patient_token",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("patient_ids", sa.Text(), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_patient_token")),
    )
    op.create_index(op.f("ix_patient_token_expires_at"), "patient_token", ["expires_at"], unique=False)
    op.create_table(
        "waiting",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=False),
        sa.Column("verified", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(length=32), nullable=False),
        sa.Column("location", sa.String(length=32), nullable=True),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_waiting_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
    )
    op.create_index(op.f("ix_waiting_patient_id"), "waiting", ["patient_id"], unique=False)
    op.create_index("ix_waiting_status", "waiting", ["status", "service", "created_at"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("audience", sa.String(length=8), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=True),
        sa.Column("booking_id", sa.String(length=32), nullable=True),
        sa.Column("course_id", sa.String(length=32), nullable=True),
        sa.Column("recipient", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("useless_after", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_message_booking_id")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_message_course_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name=op.f("fk_message_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(op.f("ix_message_booking_id"), "message", ["booking_id"], unique=False)
    op.create_index(op.f("ix_message_course_id"), "message", ["course_id"], unique=False)
    op.create_index("ix_message_due", "message", ["status", "due_at"], unique=False)
    op.create_index(op.f("ix_message_patient_id"), "message", ["patient_id"], unique=False)
    op.create_table(
        "offer",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("waiting_id", sa.String(length=32), nullable=False),
        sa.Column("booking_id", sa.String(length=32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_offer_booking_id")),
        sa.ForeignKeyConstraint(["waiting_id"], ["waiting.id"], name=op.f("fk_offer_waiting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
    )
    op.create_index(op.f("ix_offer_booking_id"), "offer", ["booking_id"], unique=False)
    op.create_index("ix_offer_status", "offer", ["status", "expires_at"], unique=False)
    op.create_index(op.f("ix_offer_waiting_id"), "offer", ["waiting_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_offer_waiting_id"), table_name="offer")
    op.drop_index("ix_offer_status", table_name="offer")
    op.drop_index(op.f("ix_offer_booking_id"), table_name="offer")
    op.drop_table("offer")
    op.drop_index(op.f("ix_message_patient_id"), table_name="message")
    op.drop_index("ix_message_due", table_name="message")
    op.drop_index(op.f("ix_message_course_id"), table_name="message")
    op.drop_index(op.f("ix_message_booking_id"), table_name="message")
    op.drop_table("message")
    op.drop_index("ix_waiting_status", table_name="waiting")
    op.drop_index(op.f("ix_waiting_patient_id"), table_name="waiting")
    op.drop_table("waiting")
    op.drop_index(op.f("ix_patient_token_expires_at"), table_name="patient_token")
    op.drop_table("patient_token")
    op.drop_index(op.f("ix_contact_match_subject"), table_name="contact_match")
    op.drop_index(op.f("ix_contact_match_expires_at"), table_name="contact_match")
    op.drop_table("contact_match")
    op.drop_index("ix_code_event_subject_kind_at", table_name="code_event")
    op.drop_table("code_event")
    op.drop_index(op.f("ix_callback_status"), table_name="callback")
    op.drop_table("callback")
    op.drop_index(op.f("ix_alert_status"), table_name="alert")
    op.drop_table("alert")
