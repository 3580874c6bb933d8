"""Erasures, as the evidence worker completes them."""

from uuid import UUID

from sqlalchemy import Engine

from shared.db.erasure import complete_erasures, record_erased


def complete_erasure(database: Engine, participant_id: UUID) -> None:
    """Record that the only shard has nothing of the person."""
    record_erased(database, participant_id, "the only one")
    complete_erasures(database)
