"""Flags with their evidence, for tests of what becomes of it."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import Engine

from shared.db.evidence import claim_upload, mark_stored
from shared.settings import Settings, StoreName
from shared.stores.open_store import open_store
from shared.stores.store import EvidenceStore
from tests.support.exam import TWO_FACES, Seat
from worker.frames.judging import Judging


@pytest.fixture
def store(settings: Settings) -> EvidenceStore:
    return open_store(StoreName.LOCAL, settings)


@pytest.fixture
def flagged(
    judging: Judging, database: Engine, store: EvidenceStore, uploads: list[UUID]
) -> Callable[[Seat], UUID]:
    """Has a frame of theirs flagged and its picture stored; gives the evidence's id."""

    def flag(seat: Seat) -> UUID:
        judging.judge_frame(UUID(seat.accepted(TWO_FACES)))
        upload = claim_upload(database, uploads[-1])
        assert upload
        mark_stored(database, upload.id, StoreName.LOCAL, store.put(upload.id, upload.picture, "image/jpeg"))
        return upload.id

    return flag
