"""Check that a failover is possible: every Sentinel answers, and a replica is connected."""

from collections.abc import Iterator
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from api.ops.doctor.finding import Finding, ok, warning
from shared.redis.sentinel import SentinelUrl


def check_sentinel(url: SentinelUrl, info: dict[str, Any]) -> Iterator[Finding]:
    """Yield what the Sentinels say of the primary, and what the primary says (`info`) of its replicas."""
    named = set()
    for address in url.sentinels:
        try:
            named.add(_ask(url, *address))
        except (RedisError, OSError, ValueError) as error:
            yield warning(
                f"the Sentinel {':'.join(map(str, address))} can't be used: {error}",
                "start it, or remove it from REDIS_URL; its own password is `sentinel_password`",
            )
    primaries = ", ".join(sorted(named))
    if len(named) == 1:
        yield ok(f"Sentinel says that {primaries} is the primary of {url.service}")
    else:
        yield warning(
            f"the Sentinels name different primaries of {url.service}: {primaries}",
            "wait for the end of a failover; if this persists, look at their logs",
        )
    yield from _check_replicas(info)


def _ask(url: SentinelUrl, host: str, port: int) -> str:
    retry = Retry(NoBackoff(), 0)
    with Redis(host, port, decode_responses=True, retry=retry, **url.sentinel_options) as sentinel:
        primary = sentinel.execute_command("SENTINEL GET-MASTER-ADDR-BY-NAME", url.service)
    if not primary:
        raise ValueError(f"it does not know {url.service}")
    return f"{primary[0]}:{primary[1]}"


def _check_replicas(info: dict[str, Any]) -> Iterator[Finding]:
    replicas = [info[f"slave{number}"] for number in range(int(info.get("connected_slaves", 0)))]
    connected = [f"{replica['ip']}:{replica['port']}" for replica in replicas if replica["state"] == "online"]
    if not connected:
        yield warning("no replica is connected: a failover is impossible", "start a replica of this primary")
        return
    yield ok(f"connected replicas: {', '.join(connected)}")
    # Redis reports this only if min-replicas-to-write is set.
    if len(connected) > 1 and "min_slaves_good_slaves" not in info:
        yield warning(
            "min-replicas-to-write is 0: a primary that is cut off accepts frames that are lost later",
            "set `min-replicas-to-write 1`",
        )
