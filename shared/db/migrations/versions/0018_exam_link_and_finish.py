"""The exam's link and end; when a candidate finished, as opposed to left for now."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

BEFORE = "type IN ('network', 'page_closed', 'camera_off', 'refused', 'paused_by_staff')"
AFTER = "type IN ('network', 'page_closed', 'camera_off', 'refused', 'paused_by_staff', 'finished')"


def replace_check(check: str) -> None:
    op.drop_constraint(op.f("ck_interruptions_type"), "interruptions")
    op.create_check_constraint(op.f("ck_interruptions_type"), "interruptions", check)


def upgrade() -> None:
    op.add_column("meetings", sa.Column("exam_url", sa.Text(), nullable=True))
    op.add_column("meetings", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("participants", sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True))
    # Until now leaving was the only way to finish.
    op.execute(sa.text("UPDATE participants SET finished_at = left_at WHERE left_at IS NOT NULL"))
    replace_check(AFTER)


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM interruptions WHERE type = 'finished'"))
    replace_check(BEFORE)
    op.drop_column("participants", "finished_at")
    op.drop_column("meetings", "ends_at")
    op.drop_column("meetings", "exam_url")
