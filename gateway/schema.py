"""The gateway's tables. `gateway/migrations` makes them; a test compares the two.

Times are seconds since 1970. `*_at` columns that a patient can notice (session expiry) come from the clinic clock;
leases and deadlines are machine time, because a test clock that jumps must not break a lease.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

metadata = MetaData()
Id = Integer().with_variant(BigInteger(), "postgresql")

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("channel", String(8), nullable=False),
    Column("token_hash", String(64), unique=True),
    Column("lang", String(2)),
    Column("last_seq", Integer, nullable=False),
    Column("last_turn", String(36)),
    Column("created_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),
    Column("ended_at", Double),
)

inbox = Table(
    "inbox",
    metadata,
    Column("position", Id, primary_key=True, autoincrement=True),
    Column("message_id", String(36), nullable=False, unique=True),
    Column("conversation", String(36), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("client_msg_id", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("text", Text),
    Column("choice_id", String(64)),
    Column("seq", Integer, nullable=False),
    Column("received_at", Double, nullable=False),
    Column("announced", Boolean, nullable=False),
    Column("done_at", Double),
    Column("lease_owner", String(36)),
    Column("lease_until", Double, nullable=False),
    Column("may_have_run", Boolean, nullable=False),
    Column("apologise_at", Double, nullable=False),
    Column("apologised", Boolean, nullable=False),
    Column("topic", String(80)),
    Column("hold_until", Double, nullable=False, server_default="0"),
    Column("safety_only", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("conversation", "client_msg_id", name="one_message_per_client_id"),
    Index("inbox_open", "done_at", "conversation", "position"),
)

events = Table(
    "events",
    metadata,
    Column("conversation", String(36), ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("body", Text, nullable=False),
)

choices = Table(
    "choices",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("conversation", String(36), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("turn", String(36), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("number", Integer, nullable=False, server_default="0"),
    Column("label", Text, nullable=False),
    Column("payload", Text, nullable=False),
)

staff_alerts = Table(
    "staff_alerts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation", String(36), nullable=False),
    Column("message_id", String(36)),
    Column("kind", String(40), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("acknowledged_at", Double),
    Column("told_at", Double),
    Column("rounds", Integer, nullable=False, server_default="0"),
    Column("next_at", Double, nullable=False, server_default="0"),
)

call_backs = Table(
    "call_backs",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("conversation", String(36), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("phone", String(32), nullable=False),
    Column("best_time", String(12), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("language", String(2), nullable=False),
    Column("unless_done", Boolean, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("next_at", Double, nullable=False),
)

sms_threads = Table(
    "sms_threads",
    metadata,
    Column("ours", String(16), primary_key=True),
    Column("theirs", String(16), primary_key=True),
    Column("conversation", String(36), ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("seen_at", Double, nullable=False),
    Column("resumed", Boolean, nullable=False, server_default=false()),
)

sms_received = Table(
    "sms_received",
    metadata,
    Column("message_sid", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("number_hash", String(32), nullable=False, index=True),
    Column("received_at", Double, nullable=False),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("number_hash", String(32), primary_key=True),
    Column("reason", String(24), nullable=False),
    Column("since", Double, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    Column("position", Id, primary_key=True, autoincrement=True),
    Column("number_hash", String(32), nullable=False, index=True),
    Column("action", String(8), nullable=False),
    Column("purpose", String(24), nullable=False),
    Column("method", String(24), nullable=False),
    Column("wording", String(24), nullable=False),
    Column("source", String(64), nullable=False),
    Column("at", Double, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("conversation", String(36), index=True),
    Column("sender", String(16)),
    Column("recipient", String(254)),
    Column("number_hash", String(32), nullable=False, index=True),
    Column("body", Text),
    Column("segments", Integer, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("state", String(12), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("next_at", Double, nullable=False),
    Column("useless_after", Double, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("uncertain", Boolean, nullable=False),
    Column("lease_owner", String(36)),
    Column("lease_until", Double, nullable=False),
    Column("twilio_sid", String(40), index=True),
    Column("error_code", Integer),
    Column("done_at", Double),
    Column("redact_at", Double),
    Index("outbox_due", "state", "urgent", "next_at"),
)
