"""The life of a job in a real Redis, from gateway and worker."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from redis import Redis
from redis.client import PubSub

from api.subscription import HEARTBEAT
from shared.jobs.model import (
    ENDED_CHANNEL,
    ERASED_PACE,
    JOB_COUNTS,
    MAX_ATTEMPTS,
    OPEN_JOBS,
    frame_key,
    job_key,
    pace_key,
)
from shared.jobs.records import OUTCOMES_CHANNEL, outcome_key, pack_outcome, parse_record
from shared.presence.finish import Recording
from shared.settings import Settings
from shared.verdicts import Outcome
from tests.support.exam import ONE_FACE, CandidateClient, Exam, assert_problem
from tests.support.jobs import MULTIPLE_FACES, OK, finish, judge_frame, read_status, set_deadline_back
from worker.frames.judging import Judging
from worker.runtime.jobs import DEFER_SECONDS, Jobs
from worker.runtime.metrics import Expiry, Failure

LONGEST_WAIT = 20


def attempts(redis: Redis, job_id: UUID) -> int:
    return int(redis.hget(job_key(job_id), "attempts") or 0)


def test_claim_returns_the_frame(candidate: CandidateClient, job_id: UUID, jobs: Jobs) -> None:
    claimed = jobs.claim(job_id)

    assert claimed is not None
    assert claimed.picture == ONE_FACE
    assert (str(claimed.meeting_id), str(claimed.participant_id)) == (candidate.meeting_id, candidate.id)
    assert read_status(candidate, job_id) == ("running", None)


def test_job_fails_after_three_attempts(
    candidate: CandidateClient, job_id: UUID, jobs: Jobs, redis: Redis
) -> None:
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert jobs.claim(job_id)
        assert attempts(redis, job_id) == attempt

    assert jobs.claim(job_id) is None
    assert read_status(candidate, job_id) == ("failed", "judging the picture was interrupted 3 times")
    assert redis.hgetall(JOB_COUNTS) == {b"accepted": b"1", b"failed": b"1"}


def test_job_ends_once(candidate: CandidateClient, job_id: UUID, jobs: Jobs, redis: Redis) -> None:
    with PubSub(redis.connection_pool, ignore_subscribe_messages=True) as channel:
        # The worker looks only every few seconds which of the two the gateways read.
        channel.subscribe(ENDED_CHANNEL, OUTCOMES_CHANNEL)
        channel.get_message(timeout=5)
        channel.get_message(timeout=5)
        jobs.claim(job_id)
        finish(jobs, job_id, MULTIPLE_FACES)
        finish(jobs, job_id, OK)
        jobs.fail(job_id, "too late to fail", Failure.FAULT)
        jobs.expire(job_id, Expiry.LATE)
        redis.publish(ENDED_CHANNEL, "no more")
        published: list[object] = []
        while not published or published[-1] != b"no more":
            message = channel.get_message(timeout=5)
            if message and message["data"] != HEARTBEAT:
                published.append(message["data"][: len(str(job_id))])

    assert published == [str(job_id).encode(), b"no more"]
    assert candidate.get_job(str(job_id)).json()["verdict"] == "multiple_faces"
    assert read_status(candidate, job_id) == ("done", None)
    assert redis.hgetall(JOB_COUNTS) == {b"accepted": b"1", b"done": b"1"}
    assert redis.zcard(OPEN_JOBS) == 0
    assert not redis.exists(frame_key(job_id))
    assert jobs.claim(job_id) is None
    assert read_status(candidate, job_id) == ("done", None)


def test_only_an_unclaimed_job_is_cancelled(exam: Exam, jobs: Jobs, redis: Redis) -> None:
    waiting, running = (UUID(exam.join().submit_frame(ONE_FACE)) for _ in range(2))
    jobs.claim(running)

    assert jobs.cancel(waiting)
    assert not jobs.cancel(waiting)
    assert not jobs.cancel(running)

    assert redis.hgetall(JOB_COUNTS) == {b"accepted": b"2", b"failed": b"1"}
    assert redis.zrange(OPEN_JOBS, 0, -1) == [str(running).encode()]
    assert finish(jobs, running, OK) is not None


def test_claim_after_the_deadline_expires_the_job(
    candidate: CandidateClient, job_id: UUID, jobs: Jobs, redis: Redis
) -> None:
    set_deadline_back(redis, job_id, 1)

    assert jobs.claim(job_id) is None

    assert read_status(candidate, job_id) == ("expired", "the frame waited too long for a worker")
    assert redis.hgetall(JOB_COUNTS) == {b"accepted": b"1", b"expired": b"1"}
    assert redis.zcard(OPEN_JOBS) == 0


def test_job_without_its_picture_expires(
    candidate: CandidateClient, job_id: UUID, jobs: Jobs, redis: Redis
) -> None:
    redis.delete(frame_key(job_id))

    assert jobs.claim(job_id) is None
    assert read_status(candidate, job_id)[0] == "expired"


def test_deferring_does_not_count_the_attempt(
    candidate: CandidateClient, job_id: UUID, jobs: Jobs, redis: Redis
) -> None:
    for _ in range(MAX_ATTEMPTS + 2):
        assert jobs.claim(job_id)
        jobs.defer(job_id)
        assert read_status(candidate, job_id) == ("queued", None)

    assert attempts(redis, job_id) == 0
    assert redis.zcard(OPEN_JOBS) == 1


def test_deferred_job_outlives_its_first_deadline(job_id: UUID, jobs: Jobs, redis: Redis) -> None:
    jobs.claim(job_id)
    set_deadline_back(redis, job_id, 1)

    jobs.defer(job_id)

    assert jobs.claim(job_id)
    assert jobs.find_overdue(0) == []


def test_deferring_again_does_not_prolong_the_deadline(job_id: UUID, jobs: Jobs, redis: Redis) -> None:
    taken_at = float(redis.hget(job_key(job_id), "taken_at") or 0) - DEFER_SECONDS / 2
    redis.hset(job_key(job_id), "taken_at", taken_at)
    for _ in range(3):
        jobs.claim(job_id)
        jobs.defer(job_id)

    assert float(redis.hget(job_key(job_id), "deadline") or 0) == pytest.approx(taken_at + DEFER_SECONDS)
    assert redis.zscore(OPEN_JOBS, str(job_id)) == pytest.approx(taken_at + DEFER_SECONDS)


def test_deferring_does_not_reopen_an_ended_job(
    candidate: CandidateClient, job_id: UUID, jobs: Jobs, redis: Redis
) -> None:
    # Two workers have the job, as after a visibility timeout: one loses Postgres, the other finishes.
    jobs.claim(job_id)
    jobs.claim(job_id)
    finish(jobs, job_id, MULTIPLE_FACES)

    jobs.defer(job_id)

    assert read_status(candidate, job_id) == ("done", None)
    assert redis.hgetall(JOB_COUNTS) == {b"accepted": b"1", b"done": b"1"}


def test_unknown_job_changes_nothing(candidate: CandidateClient, jobs: Jobs, redis: Redis) -> None:
    unknown, before = uuid4(), redis.keys()

    assert jobs.claim(unknown) is None
    jobs.defer(unknown)
    finish(jobs, unknown, OK)
    jobs.fail(unknown, "no", Failure.FAULT)
    jobs.expire(unknown, Expiry.LATE)

    assert redis.keys() == before
    assert_problem(candidate.get_job(str(unknown)), 404)
    assert_problem(candidate.get_job(str(unknown), wait=LONGEST_WAIT), 404)


def test_ended_job_is_kept_as_long_as_the_setting_says(
    job_id: UUID, redis: Redis, settings: Settings
) -> None:
    jobs = Jobs(redis, settings.job_retention_seconds)
    jobs.claim(job_id)
    finish(jobs, job_id, OK)

    assert 0 < redis.ttl(outcome_key(job_id)) <= settings.job_retention_seconds


def test_outcome_of_a_real_frame_takes_250_bytes(
    candidate: CandidateClient, judging: Judging, redis: Redis, settings: Settings
) -> None:
    job_id = UUID(candidate.submit_frame(ONE_FACE))
    judge_frame(replace(judging, jobs=Jobs(redis, settings.job_retention_seconds)), job_id)

    kept = {key for key in redis.scan_iter() if str(job_id).encode() in key}
    assert kept == {outcome_key(job_id).encode()}
    answer = candidate.get_job(str(job_id)).json()
    assert (answer["status"], answer["verdict"], len(answer["findings"]["faces"])) == ("done", "ok", 1)
    # A busy machine's times have more digits than usual.
    record = redis.get(outcome_key(job_id))
    assert isinstance(record, bytes)
    outcome = parse_record(job_id, record, has_messages=False).outcome
    assert outcome
    usual = outcome.findings.model_copy(update={"decode_ms": 2.5, "detect_ms": 12.5})
    usual_record = record[:33] + pack_outcome(outcome.model_copy(update={"findings": usual}))
    key = outcome_key(uuid4())  # a new one: an overwritten value may keep its room
    redis.set(key, usual_record, ex=settings.job_retention_seconds)
    assert (redis.memory_usage(key, samples=0) or 0) <= 250


@pytest.mark.parametrize("outcome", [OK, MULTIPLE_FACES])
def test_packed_outcome_is_read_unchanged(outcome: Outcome) -> None:
    participant, meeting = uuid4(), uuid4()
    record = participant.bytes + meeting.bytes + b"1" + pack_outcome(outcome)

    job = parse_record(uuid4(), record, has_messages=False)

    assert (job.participant_id, job.meeting_id, job.outcome) == (participant, meeting, outcome)


def test_outcome_is_readable_by_a_previous_gateway(
    candidate: CandidateClient, job_id: UUID, settings: Settings, redis: Redis
) -> None:
    new_worker = Jobs(redis, settings.job_retention_seconds)
    with PubSub(redis.connection_pool) as old_gateway:
        old_gateway.subscribe(ENDED_CHANNEL)
        old_gateway.get_message(timeout=5)
        finish(new_worker, job_id, OK)

    assert redis.hget(job_key(job_id), "outcome") == OK.model_dump_json(exclude_defaults=True).encode()
    assert candidate.get_job(str(job_id)).json()["verdict"] == "ok"


@pytest.mark.parametrize("pace", ["1", ERASED_PACE])
def test_outcome_of_an_erased_person_is_not_published(
    pace: str, candidate: CandidateClient, job_id: UUID, settings: Settings, redis: Redis
) -> None:
    redis.set(pace_key(UUID(candidate.id)), pace)
    with PubSub(redis.connection_pool) as gateway:
        gateway.subscribe(ENDED_CHANNEL, OUTCOMES_CHANNEL)
        subscribed = [gateway.get_message(timeout=5) for _ in range(2)]
        Jobs(redis, settings.job_retention_seconds).finish(job_id, OK, Recording(UUID(candidate.id), None))
        message = gateway.get_message(timeout=5)

    assert all(subscribed)
    assert message is not None
    assert message["data"].startswith(str(job_id).encode())
    assert (message["channel"] == OUTCOMES_CHANNEL.encode()) == (pace != ERASED_PACE)
