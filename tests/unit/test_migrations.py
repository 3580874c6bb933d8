"""Checks of the migrations that need no database."""

from alembic.script import ScriptDirectory

from dev.stack.processes import ROOT


def test_migrations_form_one_chain() -> None:
    """Two migrations with the same parent are valid one by one, but together stop every start."""
    scripts = ScriptDirectory(ROOT / "shared/db/migrations")

    assert len(scripts.get_heads()) == 1
