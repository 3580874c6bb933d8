"""Decisions about whole attempts."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("takes_effect", sa.Boolean(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("reader_name", sa.Text(), nullable=False),
        sa.Column("reader_email", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("outcome IN ('clear', 'violation', 'inconclusive', 'reopened')", name="outcome"),
        sa.CheckConstraint("(outcome = 'reopened') = (reason_code IS NULL)", name="reason"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name="fk_decisions_meeting_id"),
        sa.ForeignKeyConstraint(["participant_id"], ["participants.id"], name="fk_decisions_participant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_newest", "decisions", ["meeting_id", sa.text("id DESC")])
    op.create_index("ix_decisions_newest_of_one", "decisions", ["participant_id", sa.text("id DESC")])


def downgrade() -> None:
    op.drop_table("decisions")
