"""Migrations match the models and can run concurrently."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, make_url, text

from shared.db.connection import connect
from shared.db.migrate import create_alembic_config, migrate
from shared.db.tables import Table
from shared.settings import Settings


@pytest.fixture
def empty(settings: Settings) -> Iterator[Engine]:
    """A database without tables."""
    name = f"empty_{uuid4().hex}"
    server = connect(settings, pool_size=1).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(settings.database_url.get_secret_value()).set(database=name)
    engine = connect(Settings(database_url=url.render_as_string(hide_password=False)), pool_size=4)
    yield engine
    engine.dispose()
    server.dispose()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_migrations_match_the_models(empty: Engine) -> None:
    migrate(empty)

    with empty.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Table.metadata) == []


def constraints(engine: Engine) -> set[tuple[str, str]]:
    query = text(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'"
        " UNION SELECT indexname, indexdef FROM pg_indexes"
        " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    )
    with engine.connect() as connection:
        return {(row[0], row[1]) for row in connection.execute(query)}


def test_migrated_constraints_and_indexes_match_the_models(empty: Engine, database: Engine) -> None:
    """Compares what Alembic's autogenerate ignores."""
    Table.metadata.create_all(empty)

    assert constraints(database) ^ constraints(empty) == set()


def test_migrating_again_changes_nothing(empty: Engine) -> None:
    migrate(empty)
    before = tables(empty)

    migrate(empty)

    assert tables(empty) == before == set(Table.metadata.tables)


def test_concurrent_migrations_are_safe(empty: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, [empty] * 4))

    assert tables(empty) == set(Table.metadata.tables)


def test_newer_schema_is_left_alone(empty: Engine) -> None:
    migrate(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'newer'"))

    migrate(empty)

    with empty.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == "newer"
    assert tables(empty) == set(Table.metadata.tables)


def test_migrations_can_be_reverted(empty: Engine) -> None:
    migrate(empty)

    with empty.begin() as connection:
        command.downgrade(create_alembic_config(connection), "base")
    assert tables(empty) == set()

    migrate(empty)
    assert tables(empty) == set(Table.metadata.tables)
