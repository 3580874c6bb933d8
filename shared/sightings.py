"""What was last seen of each participant, in Redis: gone when it is old, and never evidence of anything.

seen:{participant}       hash: taken_at, sight and faces of the newest frame, and verified_at
thumbnail:{participant}  a small JPEG of the newest frame, for a minute
coverage:{participant}   hash: the most telling sight of each minute of the last half hour, by minute
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from shared.jobs.model import ERASED

COVERAGE_MINUTES = 30
THUMBNAIL_SECONDS = 60
SEEN_SECONDS = 24 * 3_600


class Sight(StrEnum):
    """What a judged frame says about the person whose camera took it; the letter is the coverage strip's."""

    VERIFIED = "v"
    FLAGGED = "f"
    NOBODY = "n"
    DARK = "d"
    NOTHING = "-"
    """No frame at all: only ever read, never written."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """The newest judged frame of a participant, and when one last showed exactly one face."""

    taken_at: datetime
    sight: Sight
    faces: int
    verified_at: datetime | None


def seen_key(participant_id: UUID) -> str:
    """The newest sighting."""
    return f"seen:{participant_id}"


def thumbnail_key(participant_id: UUID) -> str:
    """The small picture."""
    return f"thumbnail:{participant_id}"


def coverage_key(participant_id: UUID) -> str:
    """The half hour, minute by minute."""
    return f"coverage:{participant_id}"


SEE = (
    f"local erased = '{ERASED}'\n"
    """
local seen, thumbnail, coverage, pace = unpack(KEYS)
local taken_at, sight, faces, picture, keep_seen, keep_thumbnail, minutes = unpack(ARGV)
if redis.call('GET', pace) == erased then return end
local tells = {n = 1, d = 2, v = 3, f = 4}
local minute = math.floor(taken_at / 60)

local known = redis.call('HGET', coverage, minute)
if not known or tells[sight] > tells[known] then redis.call('HSET', coverage, minute, sight) end
for _, old in ipairs(redis.call('HKEYS', coverage)) do
    if tonumber(old) <= minute - minutes then redis.call('HDEL', coverage, old) end
end
redis.call('EXPIRE', coverage, minutes * 60)

local function newer_than(field)
    return tonumber(taken_at) >= tonumber(redis.call('HGET', seen, field) or 0)
end
if sight == 'v' and newer_than('verified_at') then redis.call('HSET', seen, 'verified_at', taken_at) end
-- Workers finish in any order: an older frame must not hide a newer one.
if newer_than('taken_at') then
    redis.call('HSET', seen, 'taken_at', taken_at, 'sight', sight, 'faces', faces)
    redis.call('SET', thumbnail, picture, 'EX', keep_thumbnail)
end
redis.call('EXPIRE', seen, keep_seen)
"""
)
"""Takes note of a judged frame, unless its sender was erased meanwhile; may be repeated."""


def read_sighting(fields: dict[bytes, bytes]) -> Sighting | None:
    """The sighting behind the fields of its hash; None when there is none."""
    if b"taken_at" not in fields:
        return None
    verified_at = fields.get(b"verified_at")
    return Sighting(
        taken_at=_time(fields[b"taken_at"]),
        sight=Sight(fields[b"sight"].decode()),
        faces=int(fields[b"faces"]),
        verified_at=_time(verified_at) if verified_at else None,
    )


def read_coverage(minutes: dict[bytes, bytes], now: datetime) -> str:
    """The last half hour, oldest minute first, a letter of `Sight` for each."""
    this = int(now.timestamp()) // 60
    past = range(this - COVERAGE_MINUTES + 1, this + 1)
    return "".join(minutes.get(str(minute).encode(), Sight.NOTHING.encode()).decode() for minute in past)


def _time(seconds: bytes) -> datetime:
    return datetime.fromtimestamp(float(seconds), tz=UTC)
