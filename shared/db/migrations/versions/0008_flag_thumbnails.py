"""A thumbnail of each flag for the list, so that the audit log shows who opened the picture itself."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("evidence", sa.Column("thumbnail", sa.LargeBinary(), nullable=True))
    op.create_check_constraint(
        op.f("ck_evidence_deleted_has_no_thumbnail"),
        "evidence",
        "status <> 'deleted' OR thumbnail IS NULL",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_evidence_deleted_has_no_thumbnail"), "evidence")
    op.drop_column("evidence", "thumbnail")
