"""Deletion of many rows: each statement ends long before its time limit."""

from typing import Any

from sqlalchemy import ColumnElement, Engine, any_, delete, func, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute

from shared.db.tables import Table

BATCH = 10_000
MAX_BATCHES = 100
"""The task of the next hour does the rest."""


def delete_in_batches(
    database: Engine,
    table: type[Table],
    due: ColumnElement[bool],
    order: InstrumentedAttribute[int] | None = None,
) -> int:
    """Delete the rows that are due, each batch in its own transaction; return how many."""
    # By physical place: some of these tables have no index that finds a batch again.
    place: ColumnElement[Any] = literal_column(f"{table.__tablename__}.ctid")
    batch = select(place).select_from(table).where(due).order_by(order).limit(BATCH)
    statement = delete(table).where(place == any_(func.array(batch.scalar_subquery())))
    deleted = 0
    for _ in range(MAX_BATCHES):
        with database.begin() as connection:
            count = connection.execute(statement).rowcount
        deleted += count
        if count < BATCH:
            break
    return deleted
