"""The migrations, as far as they can be looked at without a database."""

from alembic.script import ScriptDirectory

from dev.stack.processes import ROOT


def test_migrations_form_one_chain() -> None:
    """Two that follow the same one are each right alone, and stop every start together."""
    scripts = ScriptDirectory(ROOT / "shared/db/migrations")

    assert len(scripts.get_heads()) == 1
