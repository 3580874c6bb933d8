"""Several Redis servers: each meeting lives on one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "shards",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column(
            "added_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("state IN ('open', 'draining')", name=op.f("ck_shards_state")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_shards")),
    )
    op.add_column("meetings", sa.Column("shard", sa.Text(), nullable=True))
    op.add_column(
        "erasures",
        sa.Column("erased_from", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("erasures", "erased_from")
    op.drop_column("meetings", "shard")
    op.drop_table("shards")
