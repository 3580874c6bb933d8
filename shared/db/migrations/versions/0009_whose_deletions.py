"""Deletions name their person before an erasure, too; and none waits for longer than a day."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.drop_constraint(op.f("fk_deletions_participant_id"), "deletions")
    # A store's `Retry-After` was taken at its word, up to the year 9999.
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
