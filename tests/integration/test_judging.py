"""The recipe by which a frame is judged, run by hand against real servers."""

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
from shared.jobs.model import COUNTS, MAX_ATTEMPTS
from shared.settings import Settings
from tests.support.exam import ONE_FACE, TWO_FACES, Exam, Seat
from tests.support.samples import USUAL_RULES
from worker.frames.judging import Judging
from worker.runtime.jobs import Jobs

EMPTY_ROOM = (PICTURES / "0-faces-empty-room.jpg").read_bytes()


def rows(database: Engine, table: type[Flag | Evidence], seat: Seat) -> int:
    query = select(func.count()).select_from(table).where(Flag.participant_id == UUID(seat.id))
    if table is Evidence:
        query = query.join(Flag)
    with database.connect() as connection:
        return connection.scalars(query).one()


def test_a_frame_that_is_judged_twice_is_one_flag_and_one_evidence(
    seat: Seat, judging: Judging, database: Engine, uploads: list[UUID], redis: Redis
) -> None:
    job_id = UUID(seat.accepted(TWO_FACES))
    keys = [f"job:{job_id}", f"frame:{job_id}"]
    before = [redis.dump(key) for key in keys]
    judging.judge_frame(job_id)

    # As if the first worker had died after its transaction, before it could tell Redis.
    for key, value in zip(keys, before, strict=True):
        redis.restore(key, 0, value or b"", replace=True)
    judging.judge_frame(job_id)
    judging.judge_frame(job_id)

    assert rows(database, Flag, seat) == rows(database, Evidence, seat) == 1
    assert len(uploads) == 2
    assert len(set(uploads)) == 1
    assert seat.job(str(job_id)).json()["verdict"] == "multiple_faces"


def test_an_ok_frame_leaves_nothing_in_postgres_and_no_picture(
    seat: Seat, judging: Judging, database: Engine, uploads: list[UUID], redis: Redis
) -> None:
    job_id = seat.accepted(ONE_FACE)

    judging.judge_frame(UUID(job_id))

    assert rows(database, Flag, seat) == 0
    assert uploads == []
    assert not redis.exists(f"frame:{job_id}")
    assert redis.hgetall(COUNTS) == {b"accepted": b"1", b"done": b"1"}


def test_each_frame_is_recorded_once(seat: Seat, judging: Judging, redis: Redis) -> None:
    redis.config_resetstat()

    for frames, picture in enumerate((ONE_FACE, EMPTY_ROOM), start=1):
        judging.judge_frame(UUID(seat.accepted(picture)))

        # Each run of the script removes old frames once, and nothing else does.
        assert redis.info("commandstats")["cmdstat_zremrangebyscore"]["calls"] == frames


def test_the_flag_keeps_what_explains_it(room: Exam, judging: Judging) -> None:
    judging.judge_frame(UUID(room.join().accepted(TWO_FACES)))

    findings = room.flags().json()["flags"][0]["findings"]

    assert findings["engine"] == "dlib-guided"
    assert "dlib 20" in findings["version"]
    assert findings["thresholds"] == USUAL_RULES.model_dump()
    assert (findings["width"], findings["height"]) == (640, 480)
    assert [set(face["box"]) for face in findings["faces"]] == [{"left", "top", "width", "height"}] * 2
    assert all(face["score"] > 0 for face in findings["faces"])
    assert findings["detect_ms"] > 0


def test_a_participant_who_was_deleted_meanwhile(
    seat: Seat, judging: Judging, database: Engine, uploads: list[UUID]
) -> None:
    job_id = seat.accepted(TWO_FACES)
    with database.begin() as connection:
        connection.execute(delete(Participant).where(Participant.id == UUID(seat.id)))

    judging.judge_frame(UUID(job_id))

    job = seat.job(job_id).json()
    assert (job["status"], job["error"]) == ("failed", "the meeting or the participant is no longer there")
    assert job["multiple_detected"] is None
    assert uploads == []


@pytest.fixture
def postgres_that_stops(
    directory: Path, lock: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    place = directory / tmp_path_factory.mktemp("postgres").name
    place.mkdir()
    server = postgres(place / "postgres", place, place, lock)
    server.process.start()
    yield server
    server.process.stop()


def test_while_postgres_is_away_a_flag_is_an_error_and_an_ok_frame_is_not(
    room: Exam, judging: Judging, settings: Settings, postgres_that_stops: Server, jobs: Jobs, redis: Redis
) -> None:
    away = connect(Settings(**dict(settings) | {"database_url": postgres_that_stops.url}), pool_size=1)
    away.connect().close()
    postgres_that_stops.process.stop()
    cut_off, seat = replace(judging, database=away), room.join()
    ok, flag = seat.accepted(ONE_FACE), UUID(seat.accepted(TWO_FACES))

    cut_off.judge_frame(UUID(ok))
    for _ in range(MAX_ATTEMPTS + 1):
        with pytest.raises(OperationalError):
            cut_off.judge_frame(flag)
        jobs.defer(flag)

    assert seat.job(ok).json()["verdict"] == "ok"
    assert seat.job(str(flag)).json()["status"] == "queued"
    judging.judge_frame(flag)  # Postgres is back
    assert seat.job(str(flag)).json()["verdict"] == "multiple_faces"
    assert redis.hget(COUNTS, "done") == b"2"
    away.dispose()
