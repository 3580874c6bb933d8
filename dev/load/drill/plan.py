"""What many candidates would need, calculated from a drill. Each row says what is measured, what assumed."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from dev.load.drill.sizing import BUSY, Sizing, processes
from shared.db.pool_sizes import FRAMES_POOL_SIZE, evidence_pool_size, gateway_pool_size
from shared.settings import Settings

EXAM_HOURS = 80
"""A month: four hours on each of twenty days."""
UPLOAD_SECONDS = 0.3
"""To a store in another data centre."""
UPLOAD_THREADS = 8
"""Of an evidence worker."""
GATEWAY_PROCESSES = 2
"""Of a container."""
CONNECTIONS_A_CORE = 4
"""Of Postgres, that PgBouncer opens."""
INDEX_BYTES = 600
"""Of a flag and its evidence in Postgres."""


@dataclass(frozen=True)
class Plan:
    """The needs of `candidates` who send a frame every `interval` seconds."""

    sizing: Sizing
    settings: Settings
    candidates: int
    interval: float

    @property
    def rate(self) -> float:
        """Frames a second."""
        return self.candidates / self.interval

    @property
    def flags_a_second(self) -> float:
        """Flagged frames a second."""
        return self.rate * self.sizing.flagged

    def part(self, name: str) -> int:
        """Return how many processes, or cores, a part needs by its processor time."""
        return processes(self.rate, self.sizing.seconds.get(name, 0.0))

    @property
    def evidence_workers(self) -> int:
        """Their threads wait for the store most of the time; if the processor takes longer, that counts.

        Each shard has at least one.
        """
        uploads = processes(self.flags_a_second, UPLOAD_SECONDS / UPLOAD_THREADS)
        return max(uploads, self.part("evidence"), self.part("valkey"))

    @property
    def redis_bytes(self) -> float:
        """Of all shards: pictures that wait as long as is allowed, judged frames, candidates."""
        waiting = self.rate * self.settings.max_wait_seconds * self.sizing.picture_bytes
        judged = self.rate * self.settings.job_retention_seconds * self.sizing.job_bytes
        return waiting + judged + self.candidates * self.sizing.candidate_bytes

    @property
    def gateway_pool_size(self) -> int:
        """Of each process; a container runs two."""
        return gateway_pool_size(self.settings, GATEWAY_PROCESSES)

    @property
    def evidence_pool_size(self) -> int:
        """Of each worker."""
        return evidence_pool_size(self.settings, UPLOAD_THREADS)

    @property
    def client_connections(self) -> int:
        """To PgBouncer, or to Postgres without it."""
        return (
            self.part("gateway") * self.gateway_pool_size
            + self.part("frames") * FRAMES_POOL_SIZE
            + self.evidence_workers * self.evidence_pool_size
        )

    @property
    def memory_bytes(self) -> float:
        """Of workers, gateways and evidence workers."""
        counts = {
            "frames": self.part("frames"),
            "gateway": self.part("gateway"),
            "evidence": self.evidence_workers,
        }
        return sum(self.sizing.memory[name] * count for name, count in counts.items())

    @property
    def cores(self) -> int:
        """Of all parts; evidence workers share theirs."""
        return sum(map(self.part, ("valkey", "frames", "gateway", "evidence", "postgres")))

    def rows(self) -> Iterator[str]:
        """Yield the plan."""
        every = f"a frame every {self.interval:g} s each"
        yield f"{self.candidates} candidates, {every}: {self.rate:.0f} frames/s"
        yield from self._processes()
        yield from self._memory()
        yield from self._disk()
        yield _row(
            "core-hours a month",
            self.cores * EXAM_HOURS,
            f"{self.cores} cores for {EXAM_HOURS} hours of exams (assumed), nothing between them",
        )
        backlog = self.rate * self.settings.max_wait_seconds / self.part("valkey")
        yield _row(
            "MAX_BACKLOG", math.ceil(backlog), "a shard, so that only MAX_WAIT_SECONDS limits admission"
        )
        yield f"  Assumed for all: cores as fast as these, processes {BUSY:.0%} busy, as many flags as here."
        yield "  A frame takes more processor time while few come than when many do: all are upper bounds."

    def _processes(self) -> Iterator[str]:
        names = {"shards": "valkey", "frames workers": "frames", "gateways": "gateway"}
        for title, name in names.items():
            yield _row(title, self.part(name), f"processes of one core; {self._cost(name)}")
        yield _row(
            "evidence workers",
            self.evidence_workers,
            f"processes, {self.part('evidence')} cores; {self._cost('evidence')}, "
            f"{UPLOAD_SECONDS:g} s for an upload by one of {UPLOAD_THREADS} threads (assumed)",
        )
        yield _row("Postgres", self.part("postgres"), f"cores; {self._cost('postgres')}")
        yield _row(
            "  client connections",
            self.client_connections,
            f"to PgBouncer: {self.gateway_pool_size} a gateway, {FRAMES_POOL_SIZE} a frames worker, "
            f"{self.evidence_pool_size} an evidence worker",
        )
        yield _row(
            "  server connections",
            self.part("postgres") * CONNECTIONS_A_CORE,
            f"of PgBouncer to Postgres: {CONNECTIONS_A_CORE} a core (assumed)",
        )

    def _memory(self) -> Iterator[str]:
        sizes = ", ".join(
            f"{name} {self.sizing.memory[name] / 1e6:.0f}" for name in ("frames", "gateway", "evidence")
        )
        yield _row("memory, GB", self.memory_bytes / 1e9, f"MB of each process: {sizes} (measured)")
        yield _row(
            "  of each Redis, GB",
            self.redis_bytes / self.part("valkey") / 1e9,
            f"{self.sizing.job_bytes:.0f} bytes a judged frame and "
            f"{self.sizing.candidate_bytes:.0f} a candidate (measured), "
            f"at worst {self.settings.max_wait_seconds:g} s of pictures, "
            f"{self.sizing.picture_bytes / 1000:.0f} kB each",
        )

    def _disk(self) -> Iterator[str]:
        flags = self.flags_a_second * 3_600 * EXAM_HOURS
        days = self.settings.evidence_retention_days
        yield _row(
            "disk: evidence, GB",
            flags * self.sizing.picture_bytes * days / 30 / 1e9,
            f"{self.sizing.flagged:.1%} of the frames (measured), kept for {days} days",
        )
        yield _row(
            "disk: Postgres, GB",
            flags * (self.sizing.flag_bytes + INDEX_BYTES) / 1e9,
            f"a month; {self.sizing.flag_bytes / 1000:.1f} kB a flag (measured), "
            f"{INDEX_BYTES / 1000:.1f} in indexes (assumed)",
        )

    def _cost(self, part: str) -> str:
        return f"{self.sizing.seconds.get(part, 0.0) * 1000:.2f} ms a frame (measured)"


def _row(title: str, amount: float, basis: str) -> str:
    number = f"{amount:10}" if isinstance(amount, int) else f"{amount:10.2f}"
    return f"  {title:22}{number}  {basis}"
