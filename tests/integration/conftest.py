"""Fixtures for jobs, for flags with stored evidence, for outages, and for the doctor."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from redis import Redis
from sqlalchemy import Engine

from dev.stack.stack import Stack
from shared.db.evidence import mark_stored
from shared.settings import Settings, StoreName
from shared.stores.open_store import open_store
from shared.stores.store import EvidenceStore
from tests.support.exam import ONE_FACE, TWO_FACES, CandidateClient
from tests.support.incidents import FlagRecorder
from tests.support.jobs import judge_frame
from tests.support.samples import claim_upload
from tests.support.stack_faults import InterruptibleImgur, run_stack
from worker.frames.judging import Judging


@pytest.fixture
def job_id(candidate: CandidateClient) -> UUID:
    """The queued job of a frame."""
    return UUID(candidate.submit_frame(ONE_FACE))


@pytest.fixture
def flag(database: Engine, candidate: CandidateClient) -> FlagRecorder:
    """Records flags of a candidate at chosen times."""
    return FlagRecorder(database, candidate)


@pytest.fixture
def store(settings: Settings) -> EvidenceStore:
    return open_store(StoreName.LOCAL, settings)


@pytest.fixture
def flagged(
    judging: Judging, database: Engine, store: EvidenceStore, uploads: list[UUID]
) -> Callable[[CandidateClient], UUID]:
    """Flag a frame of a candidate and store its picture; return the evidence id."""

    def flag(candidate: CandidateClient) -> UUID:
        judge_frame(judging, UUID(candidate.submit_frame(TWO_FACES)))
        upload = claim_upload(database, uploads[-1])
        assert upload
        stored = store.put(upload.id, upload.picture, "image/jpeg")
        mark_stored(database, StoreName.LOCAL, {upload.id: stored})
        return upload.id

    return flag


@pytest.fixture(scope="session")
def imgur() -> Iterator[InterruptibleImgur]:
    with InterruptibleImgur() as server:
        yield server


@pytest.fixture(scope="session")
def faulty(imgur: InterruptibleImgur) -> Iterator[Stack]:
    """A stack with Imgur and with the engine that a large picture keeps busy for seconds.

    Tests may stop and kill its parts, and leave all of them running.
    """
    with run_stack(workers=1, DETECTOR="dlib-hog", IMGUR_CLIENT_ID="any", IMGUR_API_URL=imgur.url) as running:
        yield running


@pytest.fixture
def environment(settings: Settings, database: Engine, redis: Redis) -> dict[str, str]:  # noqa: ARG001
    """Environment variables of working servers."""
    return {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "EVIDENCE_PATH": str(settings.evidence_path),
    }
