"""The gateway's handwritten message equals the one that Celery would send."""

import base64
import json
import time
from uuid import uuid4

import httpx
from redis import Redis

from dev.stack.stack import Stack
from shared.queue import FRAMES, JUDGE_FRAME, VISIBILITY_SECONDS, TaskMessage, create_celery
from shared.settings import Settings
from tests.support.exam import ONE_FACE, CandidateClient, Exam
from tests.support.metrics_worker import MetricsWorker
from tests.support.waiting import wait_until

Json = dict[str, object]


def shape(value: object) -> object:
    """Return the structure of a JSON value: its keys, without its leaves."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    return [shape(item) for item in value] if isinstance(value, list) else ...


def body_of(message: Json) -> object:
    properties = message["properties"]
    assert isinstance(properties, dict)
    body = str(message["body"])
    if properties.pop("body_encoding", None) == "base64":
        body = base64.b64decode(body).decode()
    return json.loads(body)


def test_our_message_has_the_shape_of_celerys(
    candidate: CandidateClient, settings: Settings, redis: Redis
) -> None:
    celery_id = str(uuid4())
    job_id = candidate.submit_frame(ONE_FACE)
    create_celery(settings).send_task(JUDGE_FRAME, args=(celery_id,), task_id=celery_id)

    celerys, ours = (json.loads(message) for message in redis.lrange(FRAMES, 0, -1))

    assert body_of(ours) == json.loads(json.dumps(body_of(celerys)).replace(celery_id, job_id))
    assert shape(ours) == shape(celerys)
    assert ours["headers"]["id"] == job_id
    assert ours["headers"]["task"] == celerys["headers"]["task"]
    assert ours["properties"]["delivery_info"] == celerys["properties"]["delivery_info"]
    # A worker whose clock is ahead would drop an expiring message.
    assert ours["headers"]["expires"] is None


def test_no_two_messages_share_a_delivery_tag(candidate: CandidateClient, redis: Redis) -> None:
    for _ in range(3):
        candidate.submit_frame(ONE_FACE)

    tags = {json.loads(message)["properties"]["delivery_tag"] for message in redis.lrange(FRAMES, 0, -1)}

    assert len(tags) == 3


def test_worker_acknowledges_our_message(stack: Stack, stack_client: httpx.Client) -> None:
    candidate = Exam.create(stack_client).join()

    job = candidate.judge_frame(ONE_FACE)

    assert (job["status"], job["verdict"]) == ("done", "ok")
    with Redis.from_url(stack.redis_url) as redis:
        assert redis.llen(FRAMES) == 0


def test_unacknowledged_message_is_redelivered(
    worker: MetricsWorker,  # noqa: ARG001 - it judges
    candidate: CandidateClient,
    settings: Settings,
    redis: Redis,
) -> None:
    assert candidate.judge_frame(ONE_FACE)["status"] == "done"
    tag = str(uuid4())
    message = json.loads(TaskMessage(create_celery(settings), JUDGE_FRAME).render(uuid4()))

    redis.hset("unacked", tag, json.dumps([message, "", FRAMES]))
    redis.zadd("unacked_index", {tag: time.time() - VISIBILITY_SECONDS - 1})

    wait_until(lambda: not redis.exists("unacked", "unacked_index"), "the message is redelivered")
