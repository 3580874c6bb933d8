"""What the gateway notes about interruptions, on its own."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import cast
from uuid import UUID

import httpx
import pytest
from redis import Redis
from sqlalchemy import Engine

from api.middleware.body_limit import LARGE_BODIES_BYTES
from shared.db.interruptions import InterruptionType
from shared.db.timeline import load_record
from shared.presence.connection import connected_key
from shared.presence.timeline import (
    DUE_MINUTES,
    NEW_INTERRUPTIONS,
    format_interruption,
    parse_interruption,
)
from shared.settings import Settings
from tests.support.exam import ONE_FACE, CandidateClient, Exam, bearer
from tests.support.gateway_thread import serve_gateway
from tests.support.scrape import scrape
from tests.support.waiting import wait_until
from tests.support.ws_client import WsClient, authenticated_connection
from worker.evidence.timelines import BATCH, write_due_minutes, write_new_interruptions


def read_lines(redis: Redis) -> list[str]:
    return sorted(line.decode() for line in cast("set[bytes]", redis.smembers(NEW_INTERRUPTIONS)))


def wait_connected(redis: Redis, candidate: CandidateClient) -> None:
    key = connected_key(UUID(candidate.id))
    wait_until(lambda: redis.exists(key), "the page is connected")


@pytest.mark.parametrize(("end", "reason"), [(WsClient.close, "page_closed"), (WsClient.cut, "network")])
def test_closed_page_and_lost_connection_are_told_apart(
    exam: Exam,
    candidate: CandidateClient,
    redis: Redis,
    database: Engine,
    end: Callable[[WsClient], None],
    reason: str,
) -> None:
    with authenticated_connection(exam.client, exam.id, candidate.token) as page:
        wait_connected(redis, candidate)
        end(page)
        wait_until(lambda: read_lines(redis), "the interruption is noted")
        write_new_interruptions(redis, database)
    with authenticated_connection(exam.client, exam.id, candidate.token):
        wait_until(lambda: read_lines(redis), "its end is noted")
    write_new_interruptions(redis, database)

    record = load_record(database, UUID(exam.id), "any", UUID(candidate.id))

    assert record
    first = record.interruptions[0]
    assert (first.type, first.reported_by) == (reason, "server")
    assert first.ended_at is not None


def test_more_than_a_batch_is_written_at_once(
    redis: Redis, database: Engine, exam: Exam, candidate: CandidateClient
) -> None:
    participant_id, count = UUID(candidate.id), 2 * BATCH + 1
    lines = (
        format_interruption(participant_id, InterruptionType.NETWORK, start, start + 1)
        for start in range(1_700_000_000, 1_700_000_000 + count)
    )
    redis.sadd(NEW_INTERRUPTIONS, *lines)
    redis.zadd(DUE_MINUTES, {f"presence:{participant_id} {minute}": minute for minute in range(count)})

    write_new_interruptions(redis, database)
    write_due_minutes(redis, database, count)

    assert not redis.exists(NEW_INTERRUPTIONS, DUE_MINUTES)
    record = load_record(database, UUID(exam.id), "any", participant_id)
    assert record
    assert len(record.interruptions) == count


def test_second_window_is_no_interruption(exam: Exam, candidate: CandidateClient, redis: Redis) -> None:
    with authenticated_connection(exam.client, exam.id, candidate.token) as first:
        wait_connected(redis, candidate)
        with authenticated_connection(exam.client, exam.id, candidate.token):
            assert first.wait_closed()[0] == 4409
            assert read_lines(redis) == []


def test_stopping_gateway_interrupts_nobody(
    settings: Settings,
    database: Engine,  # noqa: ARG001 - migrated first
    redis: Redis,
) -> None:
    """The heartbeats show an outage of ours, which is no fault of the candidate."""
    with ExitStack() as pages:
        with serve_gateway(settings) as url, httpx.Client(base_url=url, timeout=60) as client:
            exam = Exam.create(client)
            candidate = exam.join()
            pages.enter_context(authenticated_connection(client, exam.id, candidate.token))
            wait_connected(redis, candidate)

        assert read_lines(redis) == []


def test_refused_sender_is_noted_once_a_minute(
    settings: Settings, other_gateway: Callable[[Settings], httpx.Client], redis: Redis
) -> None:
    exam = Exam.create(other_gateway(Settings(**dict(settings) | {"max_backlog": 1})))
    candidate, refused = exam.join(), exam.join()
    candidate.submit_frame(ONE_FACE)

    for _ in range(3):
        assert refused.post_frame(ONE_FACE).status_code == 503

    assert_noted(redis, refused)


def test_sender_of_unread_frame_is_noted_and_counted(
    settings: Settings, other_gateway: Callable[[Settings], httpx.Client], redis: Redis
) -> None:
    """The gateway's memory for bodies is full before the frame has arrived."""
    gateway = other_gateway(Settings(**dict(settings) | {"max_frame_bytes": LARGE_BODIES_BYTES}))
    refused = Exam.create(gateway).join()
    counter = 'proctor_frames_refused_total{reason="overloaded"}'
    before = scrape(f"{gateway.base_url}/metrics").get(counter, 0)

    answer = gateway.post(
        "/detect_faces", content=bytes(LARGE_BODIES_BYTES + 1), headers=bearer(refused.token)
    )

    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:proctor:overloaded"
    assert scrape(f"{gateway.base_url}/metrics")[counter] == before + 1
    assert_noted(redis, refused)


def assert_noted(redis: Redis, refused: CandidateClient) -> None:
    lines = wait_until(lambda: read_lines(redis), "the refusal is noted")
    for item in (parse_interruption(line.encode()) for line in lines):
        assert (item.type, item.participant_id) == ("refused", UUID(refused.id))
        assert item.ended_at
        assert (item.ended_at - item.started_at).total_seconds() == 60
    assert len(lines) <= 2, "the requests are within two minutes"
