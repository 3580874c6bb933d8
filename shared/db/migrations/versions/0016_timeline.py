"""The timeline: minutes with frames, interruptions, heartbeats of the gateways."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "timeline",
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("minute", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("frames", sa.SmallInteger(), nullable=False),
        sa.Column("seen", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("seen % 8 BETWEEN 1 AND 5", name="state"),
        sa.ForeignKeyConstraint(["participant_id"], ["participants.id"], name="fk_timeline_participant_id"),
        sa.PrimaryKeyConstraint("participant_id", "minute", name="pk_timeline"),
    )
    op.create_index("ix_timeline_minute", "timeline", ["minute"], postgresql_using="brin")
    op.create_table(
        "interruptions",
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("type IN ('network', 'page_closed', 'camera_off', 'refused')", name="type"),
        sa.CheckConstraint("reported_by IN ('server', 'page')", name="reported_by"),
        sa.CheckConstraint("ended_at >= started_at", name="ends_last"),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participants.id"], name="fk_interruptions_participant_id"
        ),
        sa.PrimaryKeyConstraint(
            "participant_id", "started_at", "type", "reported_by", name="pk_interruptions"
        ),
    )
    op.create_index("ix_interruptions_started", "interruptions", ["started_at"], postgresql_using="brin")
    op.create_table(
        "heartbeats",
        sa.Column("minute", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shard", sa.Text(), nullable=False),
        sa.Column("beats", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("minute", "shard", name="pk_heartbeats"),
    )


def downgrade() -> None:
    for table in ("heartbeats", "interruptions", "timeline"):
        op.drop_table(table)
