"""Unreadable messages neither stop a worker nor delay readable ones."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from redis import Redis

from dev.stack.processes import Process
from shared.queue import (
    EVIDENCE,
    FRAMES,
    JUDGE_FRAME,
    REWRITE_REDIS_FILE,
    VISIBILITY_SECONDS,
    TaskMessage,
    create_celery,
)
from shared.settings import Settings
from tests.support.evidence_worker import evidence_worker_process
from tests.support.exam import ONE_FACE, Exam
from tests.support.metrics_worker import MetricsWorker
from tests.support.waiting import wait_until

TIMEOUT_SECONDS = 4 * VISIBILITY_SECONDS
UNREADABLE = (b"", b"\xff\xfe", b"rubbish", b"7", b"null", b"[]", b"{}", b'{"task": "frames.judge"}')


def malformed_messages(settings: Settings) -> Iterator[bytes]:
    """Yield messages that differ from ours in one part."""
    valid = json.loads(TaskMessage(create_celery(settings), JUDGE_FRAME).render(uuid4()))
    without_id = {name: value for name, value in valid["headers"].items() if name != "id"}
    changed: tuple[dict[str, object], ...] = (
        {"properties": None},
        {"headers": []},
        {"headers": without_id},
        {"headers": valid["headers"] | {"task": "frames.unknown"}},
        {"headers": valid["headers"] | {"task": ["frames.judge"]}},
        {"headers": valid["headers"] | {"timelimit": [None, "none"]}},
        {"content-encoding": 7},
        {"body": None},
        {"body": "rubbish"},
        {"body": "[[], {}, {}]"},
        {"body": '[["no job"], {}, {}]'},
        {"body": "[null, null, null]"},
    )
    for part in changed:
        yield json.dumps(valid | part).encode()


def test_unreadable_message_does_not_stop_the_frames_worker(
    worker: MetricsWorker, exam: Exam, redis: Redis, settings: Settings
) -> None:
    for poison in (*UNREADABLE, *malformed_messages(settings)):
        redis.lpush(FRAMES, poison)
        candidate = exam.join()

        job = candidate.judge_frame(ONE_FACE)

        assert (poison, worker.process.exit_code, job["verdict"]) == (poison, None, "ok")
    # A remaining message would be redelivered for ever.
    wait_until(lambda: not redis.exists(FRAMES, "unacked"), "every message is gone", TIMEOUT_SECONDS)


@pytest.fixture
def evidence_worker(settings: Settings, redis: Redis, tmp_path: Path) -> Iterator[Process]:  # noqa: ARG001 - emptied first
    process = evidence_worker_process(settings, tmp_path)
    process.start()
    yield process
    process.stop()


def test_unreadable_message_does_not_stop_evidence_worker(
    evidence_worker: Process, redis: Redis, settings: Settings
) -> None:
    for poison in UNREADABLE:
        redis.lpush(EVIDENCE, poison)
    with create_celery(settings) as celery:
        celery.send_task(REWRITE_REDIS_FILE)

    wait_until(lambda: not redis.exists(EVIDENCE, "unacked"), "the task behind them is done", TIMEOUT_SECONDS)

    assert evidence_worker.exit_code is None
