"""Incidents: flags of one kind of one candidate at most 30 s apart."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

# An island is a flag more than 30 s after the one before, with those that follow it.
BUILD_INCIDENTS = """
CREATE TEMPORARY TABLE islands ON COMMIT DROP AS
SELECT id, meeting_id, participant_id, kind, taken_at, review, findings->>'version' AS version,
       sum(begins) OVER (PARTITION BY participant_id, kind ORDER BY taken_at, id) AS island
FROM (
    SELECT *, CASE WHEN taken_at - lag(taken_at) OVER one <= interval '30 seconds' THEN 0 ELSE 1 END AS begins
    FROM flags WINDOW one AS (PARTITION BY participant_id, kind ORDER BY taken_at, id)
) AS marked"""

INSERT_INCIDENTS = """
INSERT INTO incidents (meeting_id, participant_id, kind, version, started_at, ended_at, flags,
                       severity, review)
SELECT meeting_id, participant_id, kind, min(version), min(taken_at), max(taken_at), count(*),
       CASE kind WHEN 'multiple_faces' THEN 300000 WHEN 'no_face' THEN 200000
                 WHEN 'face_hidden' THEN 100000 ELSE 0 END
           + least(extract(epoch FROM max(taken_at) - min(taken_at)), 99999)::integer,
       CASE WHEN bool_or(review = 'open') THEN 'open'
            WHEN bool_or(review = 'confirmed') THEN 'confirmed' ELSE 'dismissed' END
FROM islands GROUP BY meeting_id, participant_id, kind, island"""

ASSIGN_FLAGS = """
UPDATE flags SET incident_id = incidents.id FROM incidents
WHERE incidents.participant_id = flags.participant_id AND incidents.kind = flags.kind
  AND flags.taken_at BETWEEN incidents.started_at AND incidents.ended_at"""


def upgrade() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("flags", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), server_default="", nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("review", sa.Text(), server_default="open", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reviewer", sa.Text(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("review IN ('open', 'confirmed', 'dismissed')", name="review"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name="fk_incidents_meeting_id"),
        sa.ForeignKeyConstraint(["participant_id"], ["participants.id"], name="fk_incidents_participant_id"),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
    )
    op.add_column("flags", sa.Column("incident_id", sa.BigInteger(), nullable=True))
    op.add_column("flags", sa.Column("strength", sa.Float(), server_default="0", nullable=False))
    op.create_index("ix_incidents_of_one", "incidents", ["participant_id", "kind", "started_at"])
    op.execute("LOCK TABLE flags IN SHARE ROW EXCLUSIVE MODE")
    for statement in (BUILD_INCIDENTS, INSERT_INCIDENTS, ASSIGN_FLAGS):
        op.execute(statement)
    op.create_foreign_key("fk_flags_incident_id", "flags", "incidents", ["incident_id"], ["id"])
    newest, worst = (
        [sa.text("started_at DESC"), sa.text("id DESC")],
        [sa.text("severity DESC"), sa.text("id DESC")],
    )
    op.create_index("ix_incidents_newest", "incidents", ["meeting_id", *newest])
    op.create_index("ix_incidents_worst", "incidents", ["meeting_id", *worst])
    op.create_index(
        "ix_incidents_inbox", "incidents", ["meeting_id", *worst], postgresql_where=sa.text("review = 'open'")
    )
    op.create_index("ix_flags_of_incident", "flags", ["incident_id", sa.text("strength DESC"), "id"])
    op.create_index(
        "ix_flags_without_incident", "flags", ["id"], postgresql_where=sa.text("incident_id IS NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_flags_without_incident", "flags")
    op.drop_index("ix_flags_of_incident", "flags")
    op.drop_constraint("fk_flags_incident_id", "flags")
    op.drop_column("flags", "strength")
    op.drop_column("flags", "incident_id")
    op.drop_table("incidents")
