"""Statistics of the frames that wait for a verdict."""

from dataclasses import dataclass
from datetime import UTC, datetime

from redis.asyncio import Redis

from shared.jobs.model import JOB_COUNTS, LAST_JUDGED_AT, OPEN_JOBS


@dataclass(frozen=True, slots=True)
class QueueStats:
    """The queue of the whole system, by Redis's clock."""

    now: datetime
    frames: int
    oldest_seconds: float | None
    last_verdict_at: datetime | None
    outcomes: dict[str, int]
    """Jobs `accepted`, and ended as `done`, `failed` or `expired`, since Redis started empty."""


async def read_queue_stats(redis: Redis, frame_ttl_seconds: int) -> QueueStats:
    """Return the current state of the queue; raise redis's errors."""
    async with redis.pipeline(transaction=False) as pipe:
        pipe.time()
        pipe.get(LAST_JUDGED_AT)
        pipe.zcard(OPEN_JOBS)
        pipe.zrange(OPEN_JOBS, 0, 0, withscores=True)
        pipe.hgetall(JOB_COUNTS)
        (seconds, microseconds), last, frames, oldest, counts = await pipe.execute()
    now = seconds + microseconds / 1e6
    deadline = oldest[0][1] if oldest else None
    return QueueStats(
        now=datetime.fromtimestamp(now, tz=UTC),
        frames=frames,
        oldest_seconds=None if deadline is None else max(0.0, now - (deadline - frame_ttl_seconds)),
        last_verdict_at=datetime.fromtimestamp(float(last), tz=UTC) if last else None,
        outcomes={name.decode(): int(count) for name, count in counts.items()},
    )
