"""Conversations, inbox, events, choices and staff alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("token_hash", sa.String(64), unique=True),
        sa.Column("lang", sa.String(2)),
        sa.Column("last_seq", sa.Integer, nullable=False),
        sa.Column("last_turn", sa.String(36)),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("seen_at", sa.Double, nullable=False),
        sa.Column("ended_at", sa.Double),
    )
    op.create_table(
        "inbox",
        sa.Column("position", BIG, primary_key=True, autoincrement=True),
        sa.Column("message_id", sa.String(36), nullable=False, unique=True),
        sa.Column("conversation", sa.String(36), sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("client_msg_id", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("choice_id", sa.String(64)),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("received_at", sa.Double, nullable=False),
        sa.Column("announced", sa.Boolean, nullable=False),
        sa.Column("done_at", sa.Double),
        sa.Column("lease_owner", sa.String(36)),
        sa.Column("lease_until", sa.Double, nullable=False),
        sa.Column("may_have_run", sa.Boolean, nullable=False),
        sa.Column("apologise_at", sa.Double, nullable=False),
        sa.Column("apologised", sa.Boolean, nullable=False),
        sa.Column("topic", sa.String(80)),
        sa.UniqueConstraint("conversation", "client_msg_id", name="one_message_per_client_id"),
    )
    op.create_index("inbox_open", "inbox", ["done_at", "conversation", "position"])
    op.create_table(
        "events",
        sa.Column(
            "conversation", sa.String(36), sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "choices",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("conversation", sa.String(36), sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("turn", sa.String(36), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
    )
    op.create_index("ix_choices_conversation", "choices", ["conversation"])
    op.create_table(
        "staff_alerts",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("conversation", sa.String(36), nullable=False),
        sa.Column("message_id", sa.String(36)),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("acknowledged_at", sa.Double),
    )


def downgrade() -> None:
    for table in ("staff_alerts", "choices", "events", "inbox", "conversations"):
        op.drop_table(table)
