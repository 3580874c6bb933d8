"""Each candidate has a number within their meeting, in the order in which they joined."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

NUMBER_OLD_CANDIDATES = """
UPDATE participants SET number = numbered.number FROM (
    SELECT id, row_number() OVER (PARTITION BY meeting_id ORDER BY created_at, id) AS number
    FROM participants WHERE role = 'candidate'
) AS numbered WHERE numbered.id = participants.id"""

REMEMBER_LAST_NUMBERS = """
UPDATE meetings SET last_number = numbered.number FROM (
    SELECT meeting_id, max(number) AS number FROM participants GROUP BY meeting_id
) AS numbered WHERE numbered.meeting_id = meetings.id AND numbered.number IS NOT NULL"""

# Computed here, not in Python, so that a gateway of the previous release numbers candidates, too. The meeting
# remembers its last number: that of an erased candidate is not given again.
NUMBER_CANDIDATE = """
CREATE FUNCTION number_candidate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE meetings SET last_number = last_number + 1 WHERE id = NEW.meeting_id
        RETURNING last_number INTO NEW.number;
    RETURN NEW;
END
$$"""


def upgrade() -> None:
    op.execute("LOCK TABLE participants IN SHARE ROW EXCLUSIVE MODE")
    op.add_column("meetings", sa.Column("last_number", sa.Integer(), server_default="0", nullable=False))
    op.add_column("participants", sa.Column("number", sa.Integer(), nullable=True))
    op.execute(NUMBER_OLD_CANDIDATES)
    op.execute(REMEMBER_LAST_NUMBERS)
    op.execute(NUMBER_CANDIDATE)
    op.execute(
        "CREATE TRIGGER number_candidate BEFORE INSERT ON participants"
        " FOR EACH ROW WHEN (NEW.role = 'candidate') EXECUTE FUNCTION number_candidate()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER number_candidate ON participants")
    op.execute("DROP FUNCTION number_candidate()")
    op.drop_column("participants", "number")
    op.drop_column("meetings", "last_number")
