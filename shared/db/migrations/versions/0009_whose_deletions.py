"""Deletions may name a person who is not erased, and none is scheduled later than a day ahead."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.drop_constraint(op.f("fk_deletions_participant_id"), "deletions")
    # Before, a store's `Retry-After` was not limited: it could be the year 9999.
    for table in ("deletions", "evidence"):
        op.execute(
            sa.text(
                f"UPDATE {table} SET next_try_at = now() + interval '1 day'"  # noqa: S608
                " WHERE next_try_at > now() + interval '1 day'"
            )
        )


def downgrade() -> None:
    op.execute(
        "UPDATE deletions SET participant_id = NULL WHERE participant_id NOT IN"
        " (SELECT participant_id FROM erasures)"
    )
    op.create_foreign_key(
        op.f("fk_deletions_participant_id"), "deletions", "erasures", ["participant_id"], ["participant_id"]
    )
