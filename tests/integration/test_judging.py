"""Judging frames, called directly against real servers."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from redis import Redis
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.exc import OperationalError

from dev.load.candidates import PICTURES
from dev.stack.servers import Server, postgres
from shared.db.connection import connect
from shared.db.tables import Evidence, Flag, Participant
from shared.jobs.model import JOB_COUNTS, MAX_ATTEMPTS, pace_key
from shared.presence.last_seen import presence_key
from shared.presence.observations import suspicion_key
from shared.settings import Settings
from tests.support.exam import ONE_FACE, TWO_FACES, CandidateClient, Exam
from tests.support.jobs import judge_frame
from tests.support.samples import DEFAULT_RULES
from worker.frames.judging import Judging
from worker.runtime.jobs import Jobs

EMPTY_ROOM = (PICTURES / "0-faces-empty-room.jpg").read_bytes()


def rows(database: Engine, table: type[Flag | Evidence], candidate: CandidateClient) -> int:
    query = select(func.count()).select_from(table).where(Flag.participant_id == UUID(candidate.id))
    if table is Evidence:
        query = query.join(Flag)
    with database.connect() as connection:
        return connection.scalars(query).one()


def test_frame_judged_twice_has_one_flag_and_evidence(
    candidate: CandidateClient, judging: Judging, database: Engine, uploads: list[UUID], redis: Redis
) -> None:
    job_id = UUID(candidate.submit_frame(TWO_FACES))
    keys = [f"job:{job_id}", f"frame:{job_id}"]
    before = [redis.dump(key) for key in keys]
    judge_frame(judging, job_id)

    # As if the first worker had died between its transaction and its update of Redis.
    for key, value in zip(keys, before, strict=True):
        redis.restore(key, 0, value or b"", replace=True)
    judge_frame(judging, job_id)
    judge_frame(judging, job_id)

    assert rows(database, Flag, candidate) == rows(database, Evidence, candidate) == 1
    assert len(uploads) == 2
    assert len(set(uploads)) == 1
    assert candidate.get_job(str(job_id)).json()["verdict"] == "multiple_faces"


def test_ok_frame_leaves_no_row_picture_or_log_line(
    candidate: CandidateClient,
    judging: Judging,
    database: Engine,
    uploads: list[UUID],
    redis: Redis,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "worker.frames")
    job_id = candidate.submit_frame(ONE_FACE)

    judge_frame(judging, UUID(job_id))

    assert caplog.messages == []

    assert rows(database, Flag, candidate) == 0
    assert uploads == []
    assert not redis.exists(f"frame:{job_id}")
    assert redis.hgetall(JOB_COUNTS) == {b"accepted": b"1", b"done": b"1"}


def test_each_frame_is_recorded_once(candidate: CandidateClient, judging: Judging, redis: Redis) -> None:
    for frames, picture in enumerate((ONE_FACE, EMPTY_ROOM), start=1):
        judge_frame(judging, UUID(candidate.submit_frame(picture)))

        presence = json.loads(redis.get(presence_key(UUID(candidate.id))) or "")
        assert len(presence["observations"]) == frames * 47
        assert presence["frames"] == frames


def test_flag_keeps_its_findings(exam: Exam, judging: Judging) -> None:
    judge_frame(judging, UUID(exam.join().submit_frame(TWO_FACES)))

    findings = exam.get_flags().json()["flags"][0]["findings"]

    assert findings["engine"] == "dlib-guided"
    assert "dlib 20" in findings["version"]
    assert findings["thresholds"] == DEFAULT_RULES.model_dump()
    assert (findings["width"], findings["height"]) == (640, 480)
    assert [set(face["box"]) for face in findings["faces"]] == [{"left", "top", "width", "height"}] * 2
    assert all(face["score"] > 0 for face in findings["faces"])
    assert findings["detect_ms"] > 0


def test_frame_of_a_deleted_participant_fails(
    candidate: CandidateClient, judging: Judging, database: Engine, uploads: list[UUID]
) -> None:
    job_id = candidate.submit_frame(TWO_FACES)
    with database.begin() as connection:
        connection.execute(delete(Participant).where(Participant.id == UUID(candidate.id)))

    judge_frame(judging, UUID(job_id))

    job = candidate.get_job(job_id).json()
    assert (job["status"], job["error"]) == ("failed", "the meeting or the participant no longer exists")
    assert job["multiple_detected"] is None
    assert uploads == []


@pytest.fixture
def postgres_that_stops(
    directory: Path, lock: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    path = directory / tmp_path_factory.mktemp("postgres").name
    path.mkdir()
    server = postgres(path / "postgres", path, path, lock)
    server.process.start()
    yield server
    server.process.stop()


def test_postgres_outage_fails_flags_but_not_ok_frames(
    exam: Exam, judging: Judging, settings: Settings, postgres_that_stops: Server, jobs: Jobs, redis: Redis
) -> None:
    away = connect(Settings(**dict(settings) | {"database_url": postgres_that_stops.url}), pool_size=1)
    away.connect().close()
    postgres_that_stops.process.stop()
    cut_off, candidate = replace(judging, database=away), exam.join()
    ok, flag = candidate.submit_frame(ONE_FACE), UUID(candidate.submit_frame(TWO_FACES))

    judge_frame(cut_off, UUID(ok))
    for _ in range(MAX_ATTEMPTS + 1):
        with pytest.raises(OperationalError):
            judge_frame(cut_off, flag)
        jobs.defer(flag)

    assert candidate.get_job(ok).json()["verdict"] == "ok"
    assert candidate.get_job(str(flag)).json()["status"] == "queued"
    judge_frame(judging, flag)  # Postgres is back
    assert candidate.get_job(str(flag)).json()["verdict"] == "multiple_faces"
    assert redis.hget(JOB_COUNTS, "done") == b"2"
    away.dispose()


def test_second_person_is_looked_for_in_every_third_frame(
    candidate: CandidateClient, jobs: Jobs, judging: Judging, redis: Redis
) -> None:
    def submit() -> UUID:
        redis.delete(pace_key(UUID(candidate.id)))  # so that frames may come at once
        return UUID(candidate.submit_frame(ONE_FACE))

    def looks() -> bool:
        frame = jobs.claim(submit())
        return frame is not None and frame.look_for_second

    looked = []
    for _ in range(7):
        looked.append(looks())
        judge_frame(judging, submit())
    assert looked == [True, False, False, True, False, False, True]

    assert not looks()
    redis.set(suspicion_key(UUID(candidate.id)), 1)
    assert looks()
