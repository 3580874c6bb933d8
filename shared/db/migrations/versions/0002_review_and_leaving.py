"""Reviews of flags, and the time when a participant left."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("participants", sa.Column("left_at", sa.DateTime(timezone=True)))
    op.add_column("flags", sa.Column("review", sa.Text(), server_default="open", nullable=False))
    op.create_check_constraint(
        op.f("ck_flags_review"), "flags", "review IN ('open', 'confirmed', 'dismissed')"
    )
    op.create_index(
        "ix_flags_newest_of_one", "flags", ["participant_id", sa.text("taken_at DESC"), sa.text("id DESC")]
    )


def downgrade() -> None:
    op.drop_index("ix_flags_newest_of_one", table_name="flags")
    op.drop_constraint(op.f("ck_flags_review"), "flags")
    op.drop_column("flags", "review")
    op.drop_column("participants", "left_at")
