"""The inbox: incidents by the strongest score, and the latest reviews."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

# As shared/db/incidents.py derives it from the strongest flag.
BY_SCORE = """
UPDATE incidents SET severity = 300000 + least(greatest(trunc((strongest.strength + 10) * 1000), 0), 99999)
FROM (SELECT incident_id, max(strength) AS strength FROM flags GROUP BY incident_id) AS strongest
WHERE strongest.incident_id = incidents.id AND kind = 'multiple_faces'"""

BY_DURATION = """
UPDATE incidents SET severity = 300000 + least(extract(epoch FROM ended_at - started_at), 99999)::integer
WHERE kind = 'multiple_faces'"""


def upgrade() -> None:
    op.execute(BY_SCORE)
    op.create_index(
        "ix_incidents_reviewed",
        "incidents",
        ["meeting_id", sa.text("reviewed_at DESC")],
        postgresql_where=sa.text("reviewed_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_incidents_reviewed", "incidents")
    op.execute(BY_DURATION)
