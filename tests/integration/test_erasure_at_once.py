"""What holds when the request that erases a person is answered, before any worker has done its part."""

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
from shared.rules import Rules
from shared.settings import Settings
from shared.verdicts import Face
from tests.support.exam import ONE_FACE, TWO_FACES, Exam, Seat, assert_problem, bearer
from worker.engines.engine import Engine
from worker.engines.thresholds import Thresholds
from worker.frames.judging import Judging

NOBODY = (PICTURES / "0-faces-empty-room.jpg").read_bytes()


def thumbnail_of(room: Exam, seat: Seat) -> httpx.URL:
    answer = room.client.get(f"/meetings/{room.id}/people", headers=bearer(room.admin_key))
    [person] = [one for one in answer.json()["people"] if one["participant_id"] == seat.id]
    return httpx.URL(person["thumbnail_url"])


def evidence_of(room: Exam, seat: Seat) -> list[httpx.URL]:
    [flag] = room.flags(participant_id=seat.id).json()["flags"]
    return [httpx.URL(flag["img_url"]), httpx.URL(flag["thumbnail_url"])]


def test_links_and_admission_know_of_an_erasure_at_once(
    room: Exam,
    seat: Seat,
    judging: Judging,
    redis: Redis,
    second_gateway: httpx.Client,
) -> None:
    judged = seat.accepted(TWO_FACES)
    judging.judge_frame(UUID(judged))
    queued = seat.accepted(ONE_FACE)
    links = [thumbnail_of(room, seat), *evidence_of(room, seat)]
    gateways = [room.client, second_gateway]
    for gateway in gateways:
        assert [gateway.get(link.path, params=link.params).status_code for link in links] == [200] * 3

    assert room.erase(seat.id).status_code == 202

    for gateway in gateways:
        assert [gateway.get(link.path, params=link.params).status_code for link in links] == [404] * 3
        elsewhere = replace(seat, client=gateway)
        assert_problem(elsewhere.post(ONE_FACE), 404)
        assert_problem(elsewhere.job(judged), 404)
        assert_problem(elsewhere.job(queued, wait=1), 404)
        assert_problem(gateway.get(f"/jobs/{judged}", headers=bearer(room.admin_key)), 404)
    judging.judge_frame(UUID(queued))
    assert {key.partition(b":")[0] for key in redis.scan_iter(f"*{seat.id}*")} == {b"pace"}


@dataclass
class Interrupted:
    """Finds what the engine finds, and does something else meanwhile."""

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
def test_frame_in_flight_at_an_erasure_brings_nothing_back(
    room: Exam,
    seat: Seat,
    judging: Judging,
    uploads: list[UUID],
    redis: Redis,
    database: Database,
    picture: bytes,
) -> None:
    judging.judge_frame(UUID(seat.accepted(ONE_FACE)))
    thumbnail = thumbnail_of(room, seat)
    job_id = seat.accepted(picture)
    erased_meanwhile = Interrupted(judging.engine, lambda: room.erase(seat.id))

    replace(judging, engine=erased_meanwhile).judge_frame(UUID(job_id))

    assert_problem(room.client.get(thumbnail.path, params=thumbnail.params), 404)
    assert_problem(seat.job(job_id), 404)
    assert {key.partition(b":")[0] for key in redis.scan_iter(f"*{seat.id}*")} == {b"pace"}
    assert uploads == []
    with database.connect() as connection:
        flags = select(func.count()).select_from(Flag).where(Flag.participant_id == UUID(seat.id))
        assert connection.scalar(flags) == 0
        kept = select(func.count()).select_from(Evidence).join(Flag)
        assert connection.scalar(kept.where(Flag.participant_id == UUID(seat.id))) == 0


def test_frame_of_an_erased_person_is_not_judged(room: Exam, seat: Seat, judging: Judging) -> None:
    job_id = seat.accepted(ONE_FACE)
    room.erase(seat.id)

    assert judging.jobs.claim(UUID(job_id)) is None


def test_erasure_goes_on_while_redis_is_away(
    room: Exam, seat: Seat, settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    # Port 1 of this machine: nothing listens there.
    nowhere = {"redis_url": SecretStr("redis://127.0.0.1:1")}
    without_redis = other_gateway(settings.model_copy(update=nowhere))

    answer = Exam(without_redis, room.id, room.admin_key).erase(seat.id)

    assert answer.status_code == 202
    assert_problem(room.client.post(f"/meetings/{room.id}/rejoin", headers=bearer(seat.token)), 404)
