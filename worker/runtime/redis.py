"""The worker's connection to Redis."""

from redis import ConnectionPool, Redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from shared.redis_refusals import without_refusals
from shared.settings import Settings


def connect_redis(settings: Settings) -> Redis:
    """A client that tries for about 20 s to get through before it raises redis's errors.

    That outlasts a restart of Redis, and ends before the time of a task does. A Redis that refuses to work is
    looked up anew each time.
    """
    pool = ConnectionPool.from_url(
        settings.redis_url.get_secret_value(),
        socket_timeout=5,
        socket_connect_timeout=2,
        retry=Retry(ExponentialBackoff(cap=2, base=0.05), retries=14),
    )
    pool.connection_class = without_refusals(pool.connection_class)
    return Redis.from_pool(pool)
