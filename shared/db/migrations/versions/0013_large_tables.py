"""Tables of a million flags: the space of pictures is reused soon, and every query has its index."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

# A picture is in the row for seconds. By default its space is reused only after a fifth of the table is dead.
VACUUM = {
    "autovacuum_vacuum_scale_factor": "0",
    "autovacuum_vacuum_threshold": "1000",
    "autovacuum_vacuum_cost_delay": "0",
}


def upgrade() -> None:
    # Pictures are compressed already: trying again takes time.
    op.execute(
        "ALTER TABLE evidence ALTER picture SET STORAGE EXTERNAL, ALTER thumbnail SET STORAGE EXTERNAL"
    )
    settings = VACUUM | {f"toast.{name}": value for name, value in VACUUM.items()}
    op.execute(f"ALTER TABLE evidence SET ({', '.join(f'{k} = {v}' for k, v in settings.items())})")
    op.create_index(
        "ix_messages_to_one",
        "messages",
        ["participant_id"],
        postgresql_where=sa.text("participant_id IS NOT NULL"),
    )
    op.create_index("ix_deliveries_of_one", "deliveries", ["participant_id"])
    op.drop_index("ix_deliveries_open", "deliveries")
    op.create_index("ix_audit_object", "audit", ["meeting_id", "object"])


def downgrade() -> None:
    op.drop_index("ix_audit_object", "audit")
    op.create_index(
        "ix_deliveries_open",
        "deliveries",
        ["participant_id"],
        postgresql_where=sa.text("acknowledged_at IS NULL"),
    )
    op.drop_index("ix_deliveries_of_one", "deliveries")
    op.drop_index("ix_messages_to_one", "messages")
    names = (*VACUUM, *(f"toast.{name}" for name in VACUUM))
    op.execute(f"ALTER TABLE evidence RESET ({', '.join(names)})")
    op.execute(
        "ALTER TABLE evidence ALTER picture SET STORAGE EXTENDED, ALTER thumbnail SET STORAGE EXTENDED"
    )
