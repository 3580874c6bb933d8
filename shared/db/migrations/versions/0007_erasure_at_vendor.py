"""Deletion of erased people at the video vendor."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("deletions", sa.Column("video_meeting_id", sa.Text(), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM deletions WHERE video_meeting_id IS NOT NULL")
    op.drop_column("deletions", "video_meeting_id")
