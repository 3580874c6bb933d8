"""Migrations are one chain: with two ends, nothing can be installed or upgraded."""

from alembic.config import Config
from alembic.script import ScriptDirectory


def test_migrations_have_one_end() -> None:
    config = Config()
    config.set_main_option("script_location", "shared:migrations")

    assert len(ScriptDirectory.from_config(config).get_heads()) == 1
