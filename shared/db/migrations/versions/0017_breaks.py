"""Breaks that staff give a candidate are interruptions too."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

BEFORE = {
    "type": "type IN ('network', 'page_closed', 'camera_off', 'refused')",
    "reported_by": "reported_by IN ('server', 'page')",
}
AFTER = {
    "type": "type IN ('network', 'page_closed', 'camera_off', 'refused', 'paused_by_staff')",
    "reported_by": "reported_by IN ('server', 'page', 'staff')",
}


def replace_checks(checks: dict[str, str]) -> None:
    for name, check in checks.items():
        op.drop_constraint(op.f(f"ck_interruptions_{name}"), "interruptions")
        op.create_check_constraint(op.f(f"ck_interruptions_{name}"), "interruptions", check)


def upgrade() -> None:
    replace_checks(AFTER)


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM interruptions WHERE type = 'paused_by_staff'"))
    replace_checks(BEFORE)
