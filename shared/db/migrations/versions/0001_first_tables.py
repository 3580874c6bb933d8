"""The first tables: meetings, participants, flags, evidence."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "meetings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("admin_key_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
    )
    op.create_table(
        "participants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role IN ('candidate', 'admin')", name=op.f("ck_participants_role")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_participants_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participants")),
    )
    op.create_index(op.f("ix_participants_meeting_id"), "participants", ["meeting_id"], unique=False)
    op.create_table(
        "flags",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("faces", sa.Integer(), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_flags_meeting_id")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name=op.f("fk_flags_participant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
        sa.UniqueConstraint("job_id", name=op.f("uq_flags_job_id")),
    )
    op.create_index(
        "ix_flags_newest",
        "flags",
        ["meeting_id", sa.literal_column("taken_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("flag_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=True),
        sa.Column("store", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("delete_hash", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(status = 'pending') = (picture IS NOT NULL)", name=op.f("ck_evidence_pending_has_picture")
        ),
        sa.CheckConstraint(
            "status <> 'stored' OR reference IS NOT NULL", name=op.f("ck_evidence_stored_has_reference")
        ),
        sa.CheckConstraint("status IN ('pending', 'stored', 'deleted')", name=op.f("ck_evidence_status")),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name=op.f("fk_evidence_flag_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("flag_id", name=op.f("uq_evidence_flag_id")),
    )
    op.create_index(
        "ix_evidence_age",
        "evidence",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("status != 'deleted'"),
    )
    op.create_index(
        "ix_evidence_due",
        "evidence",
        ["next_try_at"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )


def downgrade() -> None:
    op.drop_index("ix_evidence_due", table_name="evidence", postgresql_where=sa.text("status = 'pending'"))
    op.drop_index("ix_evidence_age", table_name="evidence", postgresql_where=sa.text("status != 'deleted'"))
    op.drop_table("evidence")
    op.drop_index("ix_flags_newest", table_name="flags")
    op.drop_table("flags")
    op.drop_index(op.f("ix_participants_meeting_id"), table_name="participants")
    op.drop_table("participants")
    op.drop_table("meetings")
