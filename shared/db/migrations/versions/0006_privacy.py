"""Retention per meeting, erasures, the outbox of deletions, and the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("meetings", sa.Column("evidence_retention_days", sa.Integer(), nullable=True))
    op.create_check_constraint(
        op.f("ck_meetings_retention_is_positive"), "meetings", "evidence_retention_days > 0"
    )
    op.create_table(
        "erasures",
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column(
            "requested_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_erasures_meeting_id")),
        sa.PrimaryKeyConstraint("participant_id", name=op.f("pk_erasures")),
    )
    op.create_index(
        "ix_erasures_open",
        "erasures",
        ["requested_at"],
        postgresql_where=sa.text("completed_at IS NULL"),
    )
    op.create_table(
        "deletions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=True),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("delete_hash", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["erasures.participant_id"], name=op.f("fk_deletions_participant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletions")),
    )
    op.create_index("ix_deletions_due", "deletions", ["next_try_at"])
    op.create_index(op.f("ix_deletions_participant_id"), "deletions", ["participant_id"])
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_audit_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_newest", "audit", ["meeting_id", sa.text("id DESC")])


def downgrade() -> None:
    op.drop_table("audit")
    op.drop_table("deletions")
    op.drop_table("erasures")
    op.drop_constraint(op.f("ck_meetings_retention_is_positive"), "meetings")
    op.drop_column("meetings", "evidence_retention_days")
