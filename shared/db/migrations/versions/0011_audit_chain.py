"""Each entry of the audit log has the hash of the one before, and checkpoints are signed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"

AUDIT_TEXT = """
CREATE FUNCTION audit_text(entry audit) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT json_build_object(
        'id', entry.id, 'meeting', entry.meeting_id,
        'at', to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'actor', entry.actor, 'action', entry.action, 'object', entry.object,
        'before', entry.before, 'after', entry.after, 'previous', entry.previous
    )::text
$$"""

# Computed here, not in Python, so that no writer can forget it, not even a gateway of the previous release.
CHAIN_ENTRY = """
CREATE FUNCTION chain_audit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7211035, hashtext(NEW.meeting_id::text));
    -- The id given to the row was drawn before the lock: another entry may have overtaken it.
    NEW.id := nextval(pg_get_serial_sequence('audit', 'id'));
    NEW.previous := (SELECT hash FROM audit WHERE meeting_id = NEW.meeting_id ORDER BY id DESC LIMIT 1);
    NEW.hash := encode(sha256(convert_to(audit_text(NEW), 'UTF8')), 'hex');
    RETURN NEW;
END
$$"""

CHAIN_OLD_ENTRIES = """
DO $$
DECLARE
    entry audit;
BEGIN
    FOR entry IN SELECT * FROM audit ORDER BY id LOOP
        entry.previous := (SELECT hash FROM audit WHERE meeting_id = entry.meeting_id AND id < entry.id
                           ORDER BY id DESC LIMIT 1);
        UPDATE audit SET previous = entry.previous,
                         hash = encode(sha256(convert_to(audit_text(entry), 'UTF8')), 'hex')
        WHERE id = entry.id;
    END LOOP;
END
$$"""


def upgrade() -> None:
    op.execute("LOCK TABLE audit IN SHARE ROW EXCLUSIVE MODE")
    op.add_column("audit", sa.Column("before", JSONB(), nullable=True))
    op.add_column("audit", sa.Column("after", JSONB(), nullable=True))
    op.add_column("audit", sa.Column("previous", sa.Text(), nullable=True))
    op.add_column("audit", sa.Column("hash", sa.Text(), nullable=True))
    op.execute(AUDIT_TEXT)
    op.execute(CHAIN_OLD_ENTRIES)
    op.alter_column("audit", "hash", nullable=False)
    op.execute(CHAIN_ENTRY)
    op.execute(
        "CREATE TRIGGER chain_audit_entry BEFORE INSERT ON audit"
        " FOR EACH ROW EXECUTE FUNCTION chain_audit_entry()"
    )
    op.create_index("ix_audit_at", "audit", ["at"], postgresql_using="brin")
    op.create_table(
        "audit_checkpoints",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("signed_text", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name="fk_audit_checkpoints_meeting_id"),
        sa.PrimaryKeyConstraint("meeting_id", "entry_id", name="pk_audit_checkpoints"),
    )


def downgrade() -> None:
    op.drop_table("audit_checkpoints")
    op.drop_index("ix_audit_at", "audit")
    op.execute("DROP TRIGGER chain_audit_entry ON audit")
    op.execute("DROP FUNCTION chain_audit_entry()")
    op.execute("DROP FUNCTION audit_text(audit)")
    for column in ("hash", "previous", "after", "before"):
        op.drop_column("audit", column)
