"""Text messages: threads, receipts, opt-outs, consent, outbox; rounds of staff alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
NEW = {
    "inbox": [
        sa.Column("hold_until", sa.Double, nullable=False, server_default="0"),
        sa.Column("safety_only", sa.Boolean, nullable=False, server_default=sa.false()),
    ],
    "choices": [sa.Column("number", sa.Integer, nullable=False, server_default="0")],
    "staff_alerts": [
        sa.Column("told_at", sa.Double),
        sa.Column("rounds", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_at", sa.Double, nullable=False, server_default="0"),
    ],
}


def upgrade() -> None:
    for table, columns in NEW.items():
        for column in columns:
            op.add_column(table, column)
    op.create_table(
        "sms_threads",
        sa.Column("ours", sa.String(16), primary_key=True),
        sa.Column("theirs", sa.String(16), primary_key=True),
        sa.Column("conversation", sa.String(36), sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("seen_at", sa.Double, nullable=False),
    )
    op.create_index("ix_sms_threads_conversation", "sms_threads", ["conversation"])
    op.create_table(
        "sms_received",
        sa.Column("message_sid", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("number_hash", sa.String(32), nullable=False),
        sa.Column("received_at", sa.Double, nullable=False),
    )
    op.create_index("ix_sms_received_number_hash", "sms_received", ["number_hash"])
    op.create_table(
        "suppressions",
        sa.Column("number_hash", sa.String(32), primary_key=True),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("since", sa.Double, nullable=False),
    )
    op.create_table(
        "consents",
        sa.Column("position", BIG, primary_key=True, autoincrement=True),
        sa.Column("number_hash", sa.String(32), nullable=False),
        sa.Column("action", sa.String(8), nullable=False),
        sa.Column("purpose", sa.String(24), nullable=False),
        sa.Column("method", sa.String(24), nullable=False),
        sa.Column("wording", sa.String(24), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )
    op.create_index("ix_consents_number_hash", "consents", ["number_hash"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("conversation", sa.String(36)),
        sa.Column("sender", sa.String(16)),
        sa.Column("recipient", sa.String(254)),
        sa.Column("number_hash", sa.String(32), nullable=False),
        sa.Column("body", sa.Text),
        sa.Column("segments", sa.Integer, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("next_at", sa.Double, nullable=False),
        sa.Column("useless_after", sa.Double, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("uncertain", sa.Boolean, nullable=False),
        sa.Column("lease_owner", sa.String(36)),
        sa.Column("lease_until", sa.Double, nullable=False),
        sa.Column("twilio_sid", sa.String(40)),
        sa.Column("error_code", sa.Integer),
        sa.Column("done_at", sa.Double),
        sa.Column("redact_at", sa.Double),
    )
    for name in ("conversation", "number_hash", "twilio_sid"):
        op.create_index(f"ix_outbox_{name}", "outbox", [name])
    op.create_index("outbox_due", "outbox", ["state", "urgent", "next_at"])


def downgrade() -> None:
    for table in ("outbox", "consents", "suppressions", "sms_received", "sms_threads"):
        op.drop_table(table)
    for table, columns in NEW.items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column.name)
