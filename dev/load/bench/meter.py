"""What frames cost a running stack: work of each part, and Redis's commands."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from redis import Redis

from dev.load.work import Work, read_work
from dev.stack.stack import Stack

FREQUENT_COMMANDS = 9


class Meter:
    """Adds up what the stack does while frames are `counted`.

    Attributes:
        frames: how many.
        work: by part: the workers are `frames`, Redis is `valkey`.
        commands: of Redis, by name; a script counts, and each command inside it.
    """

    def __init__(self, stack: Stack, redis: Redis) -> None:
        self._stack = stack
        self._redis = redis
        self.frames = 0
        self.work: dict[str, Work] = {}
        self.commands: Counter[str] = Counter()

    @contextmanager
    def counted(self, frames: int) -> Iterator[None]:
        """Count what happens within the block as the cost of so many frames."""
        commands, work = self._read_commands(), read_work(self._stack.processes)
        yield
        for name, after in read_work(self._stack.processes).items():
            self.work[name] = self.work.get(name, Work()) + after - work[name]
        self.commands += self._read_commands() - commands
        self.frames += frames

    @property
    def cpu_ms(self) -> float:
        """Processor time of all parts for a frame."""
        return sum(map(self.part_ms, self.work))

    def part_ms(self, part: str) -> float:
        """Return the processor time of a part for a frame."""
        return self.work[part].cpu / self.frames * 1000

    @property
    def commands_per_frame(self) -> float:
        """Redis's commands for a frame."""
        return self.commands.total() / self.frames

    def table(self, title: str) -> Iterator[str]:
        """Yield a row for each part."""
        yield f"  {title}, for a frame:"
        yield f"  {'':12}{'processor, ms':>15}{'wake-ups':>10}{'waited for a core, ms':>23}"
        total = sum(self.work.values(), start=Work())
        for name, work in (*self.work.items(), ("all", total)):
            queued_ms = work.queued / self.frames * 1000
            yield (
                f"  {name:12}{work.cpu / self.frames * 1000:15.2f}{work.wakeups / self.frames:10.1f}"
                f"{queued_ms:23.2f}"
            )
        most = (
            f"{name} {calls / self.frames:.1f}"
            for name, calls in self.commands.most_common(FREQUENT_COMMANDS)
        )
        yield f"  Redis commands: {self.commands_per_frame:.1f}, most of them {', '.join(most)}"

    def _read_commands(self) -> Counter[str]:
        stats = cast("dict[str, dict[str, int]]", self._redis.info("commandstats"))
        return Counter({name.removeprefix("cmdstat_"): stat["calls"] for name, stat in stats.items()})
