"""The whole system under a steady stream of frames, with everything that faults need."""

import os
import random
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Self
from uuid import UUID

from redis import Redis

from dev.chaos.clock import Clock
from dev.chaos.pictures import HOLD_FILE
from dev.chaos.stream import Frame, Stream
from dev.stack.data_directory import locked_directory
from dev.stack.pgbouncer import find_pgbouncer, pgbouncer
from dev.stack.processes import Process
from dev.stack.replicated import replicated_redis
from dev.stack.servers import Server, postgres, valkey
from dev.stack.stack import Stack
from dev.stack.supervisor import Supervisor
from dev.vendors.imgur import FakeImgur
from shared.db.connection import connect
from shared.db.shards import find_meetings_shard
from shared.settings import Settings
from worker.runtime.redis import connect_redis

WORKERS = 2
"""Of each shard."""
MAIN = "valkey"
OTHER = "valkey-other"
SETTINGS = {
    "FRAME_INTERVAL_MS": "1200",
    # Longer than the redelivery of a killed worker's message takes, shorter than a jump of the clock.
    "FRAME_TTL_SECONDS": "300",
    # Admission control must accept frames while the worker is stopped.
    "MAX_WAIT_SECONDS": "120",
    # All flags of a candidate are one incident here, and each picture must reach the image host.
    "EVIDENCE_PER_INCIDENT": "1000000",
    "EVIDENCE_STORE": "imgur",
    "IMGUR_CLIENT_ID": "any",
}


@dataclass(frozen=True)
class DataLoss:
    """What a shard was made to forget; times are of the monotonic clock."""

    accepted_since: float
    """Frames accepted since then, and before its end, may be forgotten."""
    start: float
    """Before it nothing was forgotten."""
    end: float

    def explains(self, frame: Frame) -> bool:
        """Return whether it may be why this frame is unknown."""
        assert frame.ended_at is not None  # noqa: S101 - its candidate has been told
        was_accepted = frame.accepted_at > self.accepted_since and frame.sent_at < self.end
        return was_accepted and frame.ended_at > self.start


@dataclass
class ChaosShard:
    """One of the two shards."""

    redis: Redis
    meeting_id: str
    data_losses: list[DataLoss] = field(default_factory=list)


class System:
    """The system, running within a `with` block.

    Attributes, once entered:
        parts: the supervised processes.
        main, other: the shards, each with a meeting.
        servers: the main shard: a primary, its replica and Sentinels, which act only when a fault wants it.
        redis_clock: the clock of the main shard, which decides all its deadlines.
        hold_file: while it exists, a picture of the size HELD is being judged.
    """

    def __init__(self, data: Path, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - a seed must repeat the run
        self.redis_data = data / "redis"
        self.other_data = data / OTHER
        self.full_disk = data / "full-disk"
        self.hold_file = data / "hold"
        self._data = data
        self._server_processes: dict[str, Process] = {}
        self.exit = ExitStack()

    def __enter__(self) -> Self:
        """Start everything; raise StackFailedError if a process does not start."""
        with self.exit:
            self._start()
            self.exit = self.exit.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything."""
        self.exit.close()

    def primary(self) -> Server:
        """Return the Redis that all Sentinels take for the primary."""
        self.parts.wait_until(lambda: self.servers.primary is not None, "the Sentinels agree on a primary")
        primary = self.servers.primary
        assert primary is not None  # noqa: S101 - only a fault changes it
        return primary

    def _start(self) -> None:
        lock = self.exit.enter_context(locked_directory(self._data))
        self.imgur = self.exit.enter_context(FakeImgur())
        self.redis_clock = Clock(self._data / "redis-clock")
        self._start_redis(lock)
        self._start_postgres(lock)
        environment = {
            **os.environ,
            **SETTINGS,
            "REDIS_URL": f"{self.servers.url}#{MAIN},{self._other.url}#{OTHER}",
            "DATABASE_URL": self._pooled.url,
            "IMGUR_API_URL": self.imgur.url,
            HOLD_FILE: str(self.hold_file),
        }
        self.stack = self.exit.enter_context(
            Stack(
                self._data / "stack", workers=WORKERS, frames_app="dev.chaos.fragile", environment=environment
            )
        )
        self.parts = Supervisor({**self._server_processes, **self.stack.processes})
        self.settings = Settings(
            database_url=self._postgres.url, redis_url=environment["REDIS_URL"], shard=MAIN
        )
        self.database = connect(self.settings, pool_size=2)
        self.exit.callback(self.database.dispose)
        meetings = [partial(self._is_on, name) for name in (MAIN, OTHER)]
        self.stream = self.exit.enter_context(Stream(self.stack.url, meetings))
        self.main, self.other = self.shards = [
            self._open_shard(name, meeting_id)
            for name, meeting_id in zip((MAIN, OTHER), self.stream.meeting_ids, strict=True)
        ]

    def _is_on(self, shard: str, meeting_id: str) -> bool:
        return find_meetings_shard(self.database, UUID(meeting_id)) == shard

    def _open_shard(self, name: str, meeting_id: str) -> ChaosShard:
        redis = connect_redis(self.settings.model_copy(update={"shard": name}))
        return ChaosShard(self.exit.enter_context(redis), meeting_id)

    def _start_redis(self, lock: int) -> None:
        self.servers = replicated_redis(self.redis_data, self._data, lock, self.redis_clock.environment)
        for process in self.servers.processes.values():
            self._run(process)
        self._other = valkey(self.other_data, self._data, lock)
        self._run(self._other.process)

    def _start_postgres(self, lock: int) -> None:
        """Start Postgres and, if it is installed, PgBouncer in front of it."""
        directory = Path(self.exit.enter_context(tempfile.TemporaryDirectory(prefix="proctor-")))
        self._postgres = self._pooled = postgres(self._data / "postgres", directory, self._data, lock)
        self._run(self._postgres.process)
        if program := find_pgbouncer():
            self._pooled = pgbouncer(
                program, directory, self._postgres.url, self._data, pool_mode="transaction"
            )
            self._run(self._pooled.process)

    def _run(self, process: Process) -> None:
        self.exit.callback(process.stop)
        process.start()
        self._server_processes[process.name] = process
