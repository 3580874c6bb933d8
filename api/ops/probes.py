"""Queries to Postgres and Redis for health checks and metrics: one of each at a time, with a time-out."""

from datetime import datetime
from functools import partial

from redis.asyncio import Redis
from sqlalchemy import Engine, text

from api.ops.queue_stats import QueueStats, read_queue_stats
from api.single_flight import SingleFlight, in_own_thread
from shared.db.evidence import count_pending_evidence
from shared.db.precision import Precision, load_precision
from shared.jobs.model import ENGINE_KEY

PROBE_TIMEOUT_SECONDS = 2.0
"""Most orchestrators allow a health check 3 s."""
REUSE_SECONDS = 1.0
"""Anyone may call `/readyz`, and every load balancer does: a success counts for so long."""
PRECISION_SECONDS = 10.0
"""It reads all incidents, and changes slowly."""
READY = "ready"
READY_SECONDS = 60

Pending = tuple[int, datetime | None]


class Probes:
    """Each raises TimeoutError or one of `api.errors.OUTAGES` while Postgres is unavailable."""

    def __init__(self, database: Engine) -> None:
        """Call inside the event loop."""
        self.postgres = SingleFlight(
            in_own_thread(partial(_query_postgres, database)), PROBE_TIMEOUT_SECONDS, REUSE_SECONDS
        )
        self.pending: SingleFlight[Pending] = SingleFlight(
            in_own_thread(partial(count_pending_evidence, database)), PROBE_TIMEOUT_SECONDS
        )
        self.precision: SingleFlight[list[Precision]] = SingleFlight(
            in_own_thread(partial(load_precision, database)), PROBE_TIMEOUT_SECONDS, PRECISION_SECONDS
        )


class RedisProbes:
    """Each raises TimeoutError or redis's errors while the shard is unavailable."""

    def __init__(self, redis: Redis, frame_ttl_seconds: int) -> None:
        """Call inside the event loop."""
        self.redis = SingleFlight(partial(_write_to_redis, redis), PROBE_TIMEOUT_SECONDS, REUSE_SECONDS)
        self.queue: SingleFlight[QueueStats] = SingleFlight(
            partial(read_queue_stats, redis, frame_ttl_seconds), PROBE_TIMEOUT_SECONDS
        )


def _query_postgres(database: Engine) -> None:
    with database.connect() as connection:
        connection.execute(text("SELECT 1"))


async def _write_to_redis(redis: Redis) -> str | None:
    """Return the engine of the worker that started last. A write also detects a replica or a full Redis."""
    async with redis.pipeline(transaction=False) as pipe:
        pipe.set(READY, 1, ex=READY_SECONDS)
        pipe.get(ENGINE_KEY)
        _, engine = await pipe.execute()
    return engine.decode() if isinstance(engine, bytes) else None
