"""Move meetings from a shard that drains to others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

from redis import Redis
from sqlalchemy import Engine

from shared.db.meetings import list_candidate_ids
from shared.db.shards import (
    count_load,
    list_erased_since,
    list_meetings_on,
    move_meeting,
)
from shared.jobs.model import OPEN_JOBS, job_key
from shared.presence.connection import UNDELIVERED_SECONDS, connected_key, undelivered_key
from shared.presence.erasure import MARK_SECONDS, mark_erased
from shared.presence.last_seen import PRESENCE_SECONDS, parse_last_seen, presence_key
from shared.redis.client import open_redis
from shared.rules import rules_key
from shared.shards import Shard

TIMEOUT_SECONDS = 5
SCAN_COUNT = 1_000
RECENT = timedelta(minutes=1)
"""Clients without a WebSocket are in a meeting if they have sent a frame since."""


@dataclass(slots=True)
class Remaining:
    """What a shard still holds."""

    in_use: list[UUID] = field(default_factory=list)
    """Meetings with connected candidates, recent frames or open frames."""
    open_frames: int = 0
    answers: int = 0
    """Ended jobs that clients may still ask for; they expire."""

    def __bool__(self) -> bool:
        return bool(self.in_use or self.open_frames or self.answers)

    def __str__(self) -> str:
        meetings = "".join(f"\n  in use: meeting {meeting_id}" for meeting_id in self.in_use)
        frames = f"{self.open_frames} frames without a verdict, {self.answers} verdicts that may be asked for"
        return f"{len(self.in_use)} meetings, {frames}{meetings}"


@dataclass(frozen=True, slots=True)
class Move:
    """Moves meetings of one shard to others, each to the one with the lowest load."""

    database: Engine
    source: Shard
    targets: Sequence[Shard]
    is_first: bool
    """Whether meetings that name no shard live on the source."""

    def move_unused(self) -> Remaining:
        """Move the meetings that nobody uses, and return what is left. Raise redis's errors."""
        remaining = Remaining()
        with _open(self.source) as redis:
            busy = _find_busy_meetings(redis)
            for meeting_id in self._list_meetings():
                people = list_candidate_ids(self.database, meeting_id)
                if meeting_id in busy or _is_anybody_there(redis, people):
                    remaining.in_use.append(meeting_id)
                else:
                    self._move(meeting_id, _read_presence(redis, people))
            remaining.open_frames = redis.zcard(OPEN_JOBS)
            remaining.answers = _count_ended_jobs(redis)
        return remaining

    def move_all(self) -> int:
        """Move all meetings without asking the source, which is lost; return how many they were."""
        meetings = self._list_meetings()
        for meeting_id in meetings:
            self._move(meeting_id, dict.fromkeys(list_candidate_ids(self.database, meeting_id)))
        return len(meetings)

    def _list_meetings(self) -> list[UUID]:
        return list_meetings_on(self.database, self.source.name, is_first=self.is_first)

    def _move(self, meeting_id: UUID, presence: dict[UUID, bytes | None]) -> None:
        load = count_load(self.database)
        target = min(self.targets, key=lambda shard: load.get(shard.name, 0))
        with _open(target) as redis:
            with move_meeting(self.database, meeting_id, target.name):
                redis.delete(rules_key(meeting_id))  # of an earlier time there
                _write_presence(redis, presence)
                self._mark_erased(redis, meeting_id)
            # Again: from now on gateways mark who is erased on the new shard.
            self._mark_erased(redis, meeting_id)

    def _mark_erased(self, redis: Redis, meeting_id: UUID) -> None:
        for participant_id in list_erased_since(self.database, meeting_id, MARK_SECONDS):
            mark_erased(participant_id).run(redis)


def _open(shard: Shard) -> Redis:
    return open_redis(shard.url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS)


def _find_busy_meetings(redis: Redis) -> set[UUID]:
    """Return the meetings with open jobs."""
    job_ids = cast("list[bytes]", redis.zrange(OPEN_JOBS, 0, -1))
    with redis.pipeline(transaction=False) as pipe:
        for job_id in job_ids:
            pipe.hget(job_key(UUID(job_id.decode())), "meeting")
        return {UUID(meeting.decode()) for meeting in pipe.execute() if meeting}


def _is_anybody_there(redis: Redis, people: Sequence[UUID]) -> bool:
    if people and redis.exists(*(connected_key(person) for person in people)):
        return True
    seconds, _ = redis.time()
    recent = datetime.fromtimestamp(seconds, tz=UTC) - RECENT
    seen = (parse_last_seen(presence) for presence in _read_presence(redis, people).values())
    return any(last is not None and last.taken_at > recent for last in seen)


def _read_presence(redis: Redis, people: Sequence[UUID]) -> dict[UUID, bytes | None]:
    if not people:
        return {}
    found = cast("list[bytes | None]", redis.mget([presence_key(person) for person in people]))
    return dict(zip(people, found, strict=True))


def _write_presence(redis: Redis, presence: dict[UUID, bytes | None]) -> None:
    """Write what was last seen of these people, and let them ask for messages with their next job."""
    with redis.pipeline(transaction=False) as pipe:
        for person, text in presence.items():
            if text:
                pipe.set(presence_key(person), text, ex=PRESENCE_SECONDS)
            pipe.set(undelivered_key(person), 1, ex=UNDELIVERED_SECONDS)
        pipe.execute()


def _count_ended_jobs(redis: Redis) -> int:
    stored = sum(1 for pattern in ("job:*", "outcome:*") for _ in redis.scan_iter(pattern, count=SCAN_COUNT))
    return stored - redis.zcard(OPEN_JOBS)
