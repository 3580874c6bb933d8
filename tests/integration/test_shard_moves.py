"""Meetings that move between Redis servers: what was accepted, erased and configured stays so."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from redis import Redis
from sqlalchemy import Engine, make_url, text

from api.shards.__main__ import CommandError, ShardCommands
from dev.stack.servers import Server, valkey
from shared.db.connection import connect
from shared.db.erasure import complete_erasures, record_erased
from shared.db.migrate import migrate
from shared.db.shards import find_meetings_shard
from shared.jobs.model import OPEN_JOBS
from shared.rules import rules_key
from shared.settings import Settings
from shared.shards import parse_shards
from tests.support.doctor import DoctorReport, run_in_process
from tests.support.exam import ONE_FACE, CandidateClient, Exam, assert_problem, bearer
from tests.support.gateway_thread import serve_gateway
from tests.support.jobs import OK, finish
from tests.support.waiting import wait_until
from worker.evidence.erasure import erase_from_redis
from worker.runtime.jobs import Jobs
from worker.runtime.redis import connect_redis


@pytest.fixture
def servers(tmp_path: Path, lock: int) -> Iterator[list[Server]]:
    servers = [valkey(tmp_path / name, tmp_path, lock) for name in ("one", "two", "three")]
    for server in servers:
        server.process.start()
    yield servers
    for server in servers:
        server.process.kill()


@pytest.fixture
def own_database(settings: Settings, database: Engine) -> str:
    """The URL of an empty database: shards are registered for a whole installation."""
    name = f"shards_{uuid4().hex}"
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(settings.database_url.get_secret_value()).set(database=name)
    return url.render_as_string(hide_password=False)


@dataclass(frozen=True)
class Installation:
    """A gateway without workers, and two shards."""

    client: httpx.Client
    settings: Settings
    database: Engine
    commands: ShardCommands

    def exam_on(self, shard: str) -> Exam:
        """Create meetings until one is on this shard."""
        exams = iter(lambda: Exam.create(self.client), None)
        return next(exam for exam in exams if self.shard_of(exam) == shard)

    def shard_of(self, exam: Exam) -> str | None:
        return find_meetings_shard(self.database, UUID(exam.id))

    def redis(self, shard: str) -> Redis:
        return connect_redis(self.settings.model_copy(update={"shard": shard}))

    def judge_all(self, shard: str) -> None:
        """End the open jobs of a shard, as its worker does."""
        with self.redis(shard) as redis:
            for job_id in redis.zrange(OPEN_JOBS, 0, -1):
                finish(Jobs(redis, 600), UUID(job_id.decode()), OK)

    def drain(self, shard: str) -> str:
        """Return what the shard still has; empty if it is empty."""
        try:
            self.commands.drain(shard)
        except CommandError as remaining:
            return str(remaining)
        return ""


@pytest.fixture
def installation(settings: Settings, servers: list[Server], own_database: str) -> Iterator[Installation]:
    redis_url = f"{servers[0].url}#one,{servers[1].url}#two"
    own = Settings(**dict(settings) | {"redis_url": redis_url, "database_url": own_database})
    database = connect(own, pool_size=5)
    migrate(database)
    with serve_gateway(own) as url, httpx.Client(base_url=url, timeout=60) as client:
        commands = ShardCommands(own, database)
        wait_until(lambda: len(commands.known()) == 2, "the gateway has registered its shards")
        yield Installation(client, own, database, commands)
    database.dispose()


def test_new_meetings_are_spread_over_the_shards(installation: Installation) -> None:
    shards = [installation.shard_of(Exam.create(installation.client)) for _ in range(6)]

    assert sorted(str(shard) for shard in shards) == ["one"] * 3 + ["two"] * 3


def test_meeting_goes_where_fewer_candidates_are(installation: Installation) -> None:
    crowded = installation.exam_on("one")
    for _ in range(5):
        crowded.join()

    assert {installation.shard_of(Exam.create(installation.client)) for _ in range(4)} == {"two"}


def test_frames_and_verdicts_use_the_meetings_shard(installation: Installation) -> None:
    candidate = installation.exam_on("two").join()
    job_id = candidate.submit_frame(ONE_FACE)
    installation.judge_all("two")

    assert candidate.get_job(job_id).json()["verdict"] == "ok"
    with installation.redis("one") as one:
        assert not one.exists(OPEN_JOBS)


def test_meeting_in_use_does_not_move(installation: Installation) -> None:
    exam = installation.exam_on("one")
    exam.join().submit_frame(ONE_FACE)

    assert exam.id in installation.drain("one")
    assert installation.shard_of(exam) == "one"
    assert {installation.shard_of(Exam.create(installation.client)) for _ in range(3)} == {"two"}


def test_verdict_can_be_read_after_a_move(installation: Installation) -> None:
    exam = installation.exam_on("one")
    candidate = exam.join()
    job_id = candidate.submit_frame(ONE_FACE)
    installation.judge_all("one")

    assert "0 meetings, 0 frames without a verdict, 1 verdicts" in installation.drain("one")

    assert installation.shard_of(exam) == "two"
    assert candidate.get_job(job_id).json()["verdict"] == "ok"
    by_admin = installation.client.get(f"/jobs/{job_id}", headers=bearer(exam.admin_key))
    assert by_admin.json()["verdict"] == "ok"
    assert_problem(candidate.get_job(str(uuid4())), 404)


def test_frames_follow_a_meeting_that_moved(installation: Installation) -> None:
    exam = installation.exam_on("one")
    candidate = exam.join()
    assert installation.drain("one") == ""

    def arrives_on_two() -> bool:
        candidate.post_frame(ONE_FACE)
        with installation.redis("two") as two:
            return bool(two.exists(OPEN_JOBS))

    wait_until(arrives_on_two, "the gateway sends its frames to the new shard")


@pytest.mark.parametrize("when", ["before", "after"])
def test_erased_candidate_is_refused_after_a_move(installation: Installation, when: str) -> None:
    exam = installation.exam_on("one")
    candidate = exam.join()
    if when == "before":
        exam.erase(candidate.id)
    assert installation.drain("one") == ""
    if when == "after":
        exam.erase(candidate.id)

    assert_problem(candidate.post_frame(ONE_FACE), 404)
    with installation.redis("two") as two:
        assert two.get(f"pace:{candidate.id}") == b"inf"


def test_erasure_is_complete_when_all_shards_are_done(installation: Installation) -> None:
    exam = installation.exam_on("one")
    candidate = exam.join()
    exam.erase(candidate.id)

    run_evidence_task(installation, "one", candidate)
    assert exam.erase(candidate.id).json()["completed_at"] is None

    run_evidence_task(installation, "two", candidate)
    assert exam.erase(candidate.id).json()["completed_at"] is not None


def test_moved_meeting_is_judged_by_its_newest_rules(installation: Installation) -> None:
    exam = installation.exam_on("one")
    path, admin = f"/meetings/{exam.id}/rules", bearer(exam.admin_key)
    with installation.redis("two") as two:
        two.set(rules_key(UUID(exam.id)), "rules of an earlier time here")
        assert installation.drain("one") == ""
        assert not two.exists(rules_key(UUID(exam.id)))  # a worker then reads them from Postgres

        assert installation.client.patch(path, json={"faces_allowed": 2}, headers=admin).is_success
        assert b'"faces_allowed":2' in (two.get(rules_key(UUID(exam.id))) or b"")


def test_added_shard_takes_meetings_and_drained_is_removed(
    installation: Installation, servers: list[Server]
) -> None:
    exam = installation.exam_on("one")
    candidate = exam.join()

    installation.commands.add(f"{servers[2].url}#three")
    wait_until(
        lambda: installation.shard_of(Exam.create(installation.client)) == "three",
        "a new meeting is on the new shard",
    )
    for shard in ("one", "two"):
        assert installation.drain(shard) == ""
        installation.commands.remove(shard)
        servers[("one", "two").index(shard)].process.kill()

    assert installation.shard_of(exam) == "three"
    wait_until(lambda: candidate.post_frame(ONE_FACE).status_code == 202, "frames are accepted")
    assert installation.client.get("/readyz").is_success


def test_shard_in_use_is_not_removed(installation: Installation) -> None:
    installation.exam_on("one")

    with pytest.raises(CommandError, match="drain it first"):
        installation.commands.remove("one")


def test_meetings_of_a_lost_shard_go_on_elsewhere(installation: Installation, servers: list[Server]) -> None:
    exam = installation.exam_on("one")
    candidate, erased = exam.join(), exam.join()
    exam.erase(erased.id)
    servers[0].process.kill()
    assert_problem(candidate.post_frame(ONE_FACE), 503)

    installation.commands.drain("one", lost=True)

    wait_until(lambda: candidate.post_frame(ONE_FACE).status_code == 202, "frames are accepted")
    assert_problem(erased.post_frame(ONE_FACE), 404)


def test_address_limit_holds_while_the_first_shard_is_down(
    installation: Installation, servers: list[Server]
) -> None:
    servers[0].process.kill()
    few = installation.settings.model_copy(update={"meetings_per_hour": 2})

    with serve_gateway(few) as url, httpx.Client(base_url=url, timeout=60) as client:
        ready = client.get("/readyz").json
        wait_until(lambda: ready().get("shards_away") == ["one"], "it is noticed")
        wait_until(lambda: create_meeting(client) == 429, "the address has reached its limit")


def create_meeting(client: httpx.Client) -> int:
    return client.post("/meetings", json={"title": "Algebra I"}).status_code


def test_doctor_checks_each_shard(installation: Installation, servers: list[Server]) -> None:
    with Redis.from_url(servers[1].url) as two:
        two.config_set("appendonly", "no")
    servers[0].process.kill()
    urls = {
        "DATABASE_URL": installation.settings.database_url.get_secret_value(),
        "REDIS_URL": installation.settings.redis_url.get_secret_value(),
    }

    report = DoctorReport(urls, run_in_process)

    assert "check that it runs" in report.remedy("broken", "shard one: Redis can't be used")
    assert "appendonly yes" in report.remedy("broken", "shard two: its append-only file is off")


def test_one_server_needs_no_shards(settings: Settings, servers: list[Server], own_database: str) -> None:
    own = Settings(**dict(settings) | {"redis_url": servers[0].url, "database_url": own_database})
    database = connect(own, pool_size=1)
    migrate(database)
    with serve_gateway(own) as url, httpx.Client(base_url=url, timeout=60) as client:
        exam = Exam.create(client)
        exam.join().submit_frame(ONE_FACE)

    assert find_meetings_shard(database, UUID(exam.id)) is None
    assert list(ShardCommands(own, database).known()) == list(parse_shards(servers[0].url))
    database.dispose()


def run_evidence_task(installation: Installation, shard: str, candidate: CandidateClient) -> None:
    """Erase a candidate from one shard, as its evidence worker does."""
    with installation.redis(shard) as redis:
        jobs = Jobs(redis, 600)
        erase_from_redis(redis, jobs, UUID(candidate.id))
        assert erase_from_redis(redis, jobs, UUID(candidate.id))
    record_erased(installation.database, UUID(candidate.id), shard)
    complete_erasures(installation.database)
