"""What health checks and metrics ask of Postgres and Redis: one question at a time, and not for long."""

from datetime import datetime
from functools import partial

from redis.asyncio import Redis
from sqlalchemy import Engine, text

from api.ops.queue_stats import QueueStats, read_queue_stats
from api.single_flight import SingleFlight, in_own_thread
from shared.db.evidence import count_pending_evidence
from shared.jobs.model import ENGINE

PROBE_SECONDS = 2.0
"""Health checks are given 3 s by most who ask."""
READY = "ready"
READY_SECONDS = 60

Pending = tuple[int, datetime | None]


class Probes:
    """Each raises TimeoutError, or one of `api.errors.OUTAGES`, while its server is away."""

    def __init__(self, redis: Redis, database: Engine, frame_ttl_seconds: int) -> None:
        """To be made where the event loop runs."""
        self.postgres = SingleFlight(in_own_thread(partial(_ask_postgres, database)), PROBE_SECONDS)
        self.redis = SingleFlight(partial(_write_to_redis, redis), PROBE_SECONDS)
        self.queue: SingleFlight[QueueStats] = SingleFlight(
            partial(read_queue_stats, redis, frame_ttl_seconds), PROBE_SECONDS
        )
        self.pending: SingleFlight[Pending] = SingleFlight(
            in_own_thread(partial(count_pending_evidence, database)), PROBE_SECONDS
        )


def _ask_postgres(database: Engine) -> None:
    with database.connect() as connection:
        connection.execute(text("SELECT 1"))


async def _write_to_redis(redis: Redis) -> str | None:
    """The engine of the worker that started last. Writes: a replica, or a full Redis, answers a mere PING."""
    async with redis.pipeline(transaction=False) as pipe:
        pipe.set(READY, 1, ex=READY_SECONDS)
        pipe.get(ENGINE)
        _, engine = await pipe.execute()
    return engine.decode() if isinstance(engine, bytes) else None
