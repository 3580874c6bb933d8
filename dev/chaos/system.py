"""The whole system under a steady stream of frames, with everything that faults need."""

import os
import random
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from redis import Redis

from dev.chaos.clock import Clock
from dev.chaos.stream import Stream
from dev.stack.data_directory import locked_directory
from dev.stack.servers import valkey
from dev.stack.stack import Stack
from dev.stack.supervisor import Supervisor
from dev.vendors.imgur import FakeImgur
from shared.db.connection import connect
from shared.settings import Settings

WORKERS = 2
SETTINGS = {
    "FRAME_INTERVAL_MS": "1200",
    # Longer than the redelivery of a killed worker's message takes, shorter than a jump of the clock.
    "FRAME_TTL_SECONDS": "300",
    "EVIDENCE_STORE": "imgur",
    "IMGUR_CLIENT_ID": "any",
}


class System:
    """The system, running within a `with` block.

    Attributes, once entered:
        parts: the supervised processes.
        redis_clock: the clock of Redis, which decides all deadlines.
        forgotten_at: when Redis restarted empty, by the monotonic clock.
    """

    def __init__(self, data: Path, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - a seed must repeat the run
        self.forgotten_at: list[float] = []
        self.redis_data = data / "valkey"
        self.full_disk = data / "full-disk"
        self._data = data
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

    def _start(self) -> None:
        lock = self.exit.enter_context(locked_directory(self._data))
        self.imgur = self.exit.enter_context(FakeImgur())
        self.redis_clock = Clock(self._data / "redis-clock")
        redis = valkey(self.redis_data, self._data, lock, environment=self.redis_clock.environment)
        self.exit.callback(redis.process.stop)
        redis.process.start()
        environment = {**os.environ, **SETTINGS, "REDIS_URL": redis.url, "IMGUR_API_URL": self.imgur.url}
        self.stack = self.exit.enter_context(
            Stack(
                self._data / "stack", workers=WORKERS, frames_app="dev.chaos.fragile", environment=environment
            )
        )
        self.parts = Supervisor({"valkey": redis.process, **self.stack.processes})
        self.redis = self.exit.enter_context(Redis.from_url(redis.url))
        settings = Settings(database_url=self.stack.database_url, redis_url=redis.url)
        self.settings = settings
        self.database = connect(settings, pool_size=2)
        self.exit.callback(self.database.dispose)
        self.stream = self.exit.enter_context(Stream(self.stack.url))
