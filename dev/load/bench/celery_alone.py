"""Celery's throughput with empty tasks as short as the simulated detector's, as a part of the ideal."""

import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from redis import Redis

from dev.load.bench.figure import Figure
from dev.load.bench.pipeline import PROCESSES, SIMULATED_MS
from dev.stack.stack import Stack
from shared.queue import FRAMES, JudgeMessage, create_celery
from shared.settings import Settings

TASKS = 2_000
UNACKNOWLEDGED = "unacked"
"""Kombu's hash of messages that workers have and have not acknowledged."""


def measure(data: Path) -> Iterator[Figure]:
    """The same app and queue as in the pipeline, without its work."""
    environment = {"SIMULATED_DETECTOR_MS": str(SIMULATED_MS)}
    with (
        Stack(
            data, environment=environment, workers=PROCESSES, frames_app="dev.load.bench.empty_tasks"
        ) as stack,
        Redis.from_url(stack.redis_url) as redis,
    ):
        _process_tasks(redis, PROCESSES * 4)  # the workers are up once these are done
        seconds = _process_tasks(redis, TASKS)
    ideal = TASKS * SIMULATED_MS / 1000 / PROCESSES
    yield Figure(
        "Celery alone ÷ ideal",
        ideal / seconds,
        f"{TASKS / seconds:.1f} ÷ {TASKS / ideal:.1f} empty tasks of {SIMULATED_MS} ms a second",
    )


def _process_tasks(redis: Redis, tasks: int) -> float:
    """Return the seconds from the first message to the last acknowledgement."""
    message = JudgeMessage(create_celery(Settings()))
    started = time.perf_counter()
    redis.lpush(FRAMES, *(message.render(uuid4()) for _ in range(tasks)))
    while redis.llen(FRAMES) or redis.hlen(UNACKNOWLEDGED):
        time.sleep(0.02)
    return time.perf_counter() - started
