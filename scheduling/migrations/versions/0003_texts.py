"""How and when somebody agreed to text messages"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("patient", sa.Column("sms_method", sa.String(length=12), nullable=True))
    op.add_column("patient", sa.Column("sms_wording", sa.String(length=24), nullable=True))
    op.add_column("patient", sa.Column("sms_at", sa.BigInteger(), nullable=True))
    # Visitors were not asked before: nobody is texted without having been.
    op.execute("UPDATE patient SET sms_method = 'on_file' WHERE origin = 'staff'")
    op.execute("UPDATE patient SET sms_ok = 0 WHERE origin <> 'staff'")


def downgrade() -> None:
    for column in ("sms_at", "sms_wording", "sms_method"):
        op.drop_column("patient", column)
