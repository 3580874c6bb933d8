"""The worker's connection to Redis."""

from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from shared.redis.client import create_pool
from shared.redis.refusals import handle_refusals
from shared.settings import Settings


def connect_redis(settings: Settings) -> Redis:
    """Return a client that tries 15 times before it raises redis's errors.

    That takes about 20 s if Redis refuses connections, longer than a restart or a failover; and more than a
    minute if it is silent, so that the time limit of a task may come first. A Redis that refuses commands is
    looked up again each time.
    """
    pool = create_pool(
        settings.own_shard.url,
        socket_timeout=5,
        socket_connect_timeout=2,
        retry=Retry(ExponentialBackoff(cap=2, base=0.05), retries=14),
    )
    pool.connection_class = handle_refusals(pool.connection_class)
    return Redis.from_pool(pool)
