"""Effects of an erasure that hold as soon as its request is answered, before any worker acts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import SecretStr
from redis import Redis
from sqlalchemy import Engine as Database
from sqlalchemy import func, select

from dev.load.candidates import PICTURES
from shared.db.tables import Evidence, Flag
from shared.judging.thresholds import Thresholds
from shared.rules import Rules
from shared.settings import Settings
from shared.verdicts import Face
from tests.support.exam import ONE_FACE, TWO_FACES, CandidateClient, Exam, assert_problem, bearer
from tests.support.jobs import judge_frame
from worker.engines.engine import Engine
from worker.frames.judging import Judging

NOBODY = (PICTURES / "0-faces-empty-room.jpg").read_bytes()


def thumbnail_of(exam: Exam, candidate: CandidateClient) -> httpx.URL:
    [person] = [one for one in exam.get_people() if one["participant_id"] == candidate.id]
    return httpx.URL(person["thumbnail_url"])


def evidence_of(exam: Exam, candidate: CandidateClient) -> list[httpx.URL]:
    [flag] = exam.get_flags(participant_id=candidate.id).json()["flags"]
    return [httpx.URL(flag["img_url"]), httpx.URL(flag["thumbnail_url"])]


def test_erasure_takes_effect_at_every_gateway_at_once(
    exam: Exam,
    candidate: CandidateClient,
    judging: Judging,
    redis: Redis,
    second_gateway: httpx.Client,
) -> None:
    judged = candidate.submit_frame(TWO_FACES)
    judge_frame(judging, UUID(judged))
    queued = candidate.submit_frame(ONE_FACE)
    links = [thumbnail_of(exam, candidate), *evidence_of(exam, candidate)]
    gateways = [exam.client, second_gateway]
    for gateway in gateways:
        assert [gateway.get(link.path, params=link.params).status_code for link in links] == [200] * 3

    assert exam.erase(candidate.id).status_code == 202

    for gateway in gateways:
        assert [gateway.get(link.path, params=link.params).status_code for link in links] == [404] * 3
        elsewhere = replace(candidate, client=gateway)
        assert_problem(elsewhere.post_frame(ONE_FACE), 404)
        assert_problem(elsewhere.get_job(judged), 404)
        assert_problem(elsewhere.get_job(queued, wait=1), 404)
        assert_problem(gateway.get(f"/jobs/{judged}", headers=bearer(exam.admin_key)), 404)
    judge_frame(judging, UUID(queued))
    assert {key.partition(b":")[0] for key in redis.scan_iter(f"*{candidate.id}*")} == {b"pace"}


@dataclass
class InterruptedEngine:
    """An engine that calls `interrupt` before it detects."""

    engine: Engine
    interrupt: Callable[[], object]

    def __post_init__(self) -> None:
        self.name, self.version = self.engine.name, self.engine.version

    def thresholds(self, rules: Rules) -> Thresholds:
        return self.engine.thresholds(rules)

    def detect(self, picture: NDArray[np.uint8]) -> tuple[Face, ...]:
        self.interrupt()
        return self.engine.detect(picture)


@pytest.mark.parametrize("picture", [ONE_FACE, TWO_FACES, NOBODY], ids=["one", "two", "nobody"])
def test_frame_judged_during_an_erasure_restores_nothing(
    exam: Exam,
    candidate: CandidateClient,
    judging: Judging,
    uploads: list[UUID],
    redis: Redis,
    database: Database,
    picture: bytes,
) -> None:
    judge_frame(judging, UUID(candidate.submit_frame(ONE_FACE)))
    thumbnail = thumbnail_of(exam, candidate)
    job_id = candidate.submit_frame(picture)
    erased_meanwhile = InterruptedEngine(judging.detectors.engine, lambda: exam.erase(candidate.id))

    erasing = replace(judging, detectors=replace(judging.detectors, engine=erased_meanwhile))
    judge_frame(erasing, UUID(job_id))

    assert_problem(exam.client.get(thumbnail.path, params=thumbnail.params), 404)
    assert_problem(candidate.get_job(job_id), 404)
    assert {key.partition(b":")[0] for key in redis.scan_iter(f"*{candidate.id}*")} == {b"pace"}
    assert uploads == []
    with database.connect() as connection:
        flags = select(func.count()).select_from(Flag).where(Flag.participant_id == UUID(candidate.id))
        assert connection.scalar(flags) == 0
        kept = select(func.count()).select_from(Evidence).join(Flag)
        assert connection.scalar(kept.where(Flag.participant_id == UUID(candidate.id))) == 0


def test_frame_of_an_erased_person_is_not_judged(
    exam: Exam, candidate: CandidateClient, judging: Judging
) -> None:
    job_id = candidate.submit_frame(ONE_FACE)
    exam.erase(candidate.id)

    assert judging.jobs.claim(UUID(job_id)) is None


def test_erasure_works_without_redis(
    exam: Exam,
    candidate: CandidateClient,
    settings: Settings,
    other_gateway: Callable[[Settings], httpx.Client],
) -> None:
    # Nothing listens on port 1.
    unreachable = {"redis_url": SecretStr("redis://127.0.0.1:1")}
    without_redis = other_gateway(settings.model_copy(update=unreachable))

    answer = Exam(without_redis, exam.id, exam.admin_key).erase(candidate.id)

    assert answer.status_code == 202
    assert_problem(exam.client.post(f"/meetings/{exam.id}/rejoin", headers=bearer(candidate.token)), 404)
