"""The video vendor's ids of meetings and participants."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("meetings", sa.Column("video_provider", sa.Text()))
    op.add_column("meetings", sa.Column("video_meeting_id", sa.Text()))
    op.create_check_constraint(
        op.f("ck_meetings_video_is_whole"),
        "meetings",
        "(video_provider IS NULL) = (video_meeting_id IS NULL)",
    )
    op.add_column("participants", sa.Column("video_participant_id", sa.Text()))


def downgrade() -> None:
    op.drop_column("participants", "video_participant_id")
    op.drop_constraint(op.f("ck_meetings_video_is_whole"), "meetings")
    op.drop_column("meetings", "video_meeting_id")
    op.drop_column("meetings", "video_provider")
