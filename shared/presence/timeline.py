"""What is to be written to the timelines in Postgres, in Redis until the evidence worker has written it.

timeline:due               sorted set: `{key of the presence} {minute}` by when the minute is to be written
timeline:interruptions     set: `{participant} {type} {reported_by} {started_at} {ended_at}`, `-` for no end
interrupted:{participant}  the line, without its end, of a connection that was lost and has not come back
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from shared.db.interruptions import Interruption, InterruptionType, Reporter
from shared.db.timeline import Minute
from shared.redis.script import ScriptCall, read_script

TIMELINE_MINUTES = 10
"""How many minutes with frames a presence keeps: how long Postgres may be down without a loss."""
DUE_MINUTES = "timeline:due"
NEW_INTERRUPTIONS = "timeline:interruptions"
INTERRUPTED_SECONDS = 24 * 3_600

_REMOVE_WRITTEN = read_script(__file__, "remove_written.lua")


def interrupted_key(participant_id: UUID) -> str:
    """Return the key of the participant's lost connection."""
    return f"interrupted:{participant_id}"


def remove_written(due: Iterable[tuple[bytes, float]]) -> ScriptCall:
    """Return the call that removes minutes that were written, unless a later frame has changed them."""
    arguments = [argument for member, score in due for argument in (member, score)]
    return ScriptCall(_REMOVE_WRITTEN, [DUE_MINUTES], arguments)


def parse_due(member: bytes) -> tuple[str, UUID, int]:
    """Return the presence's key, the participant and the minute of a member of `timeline:due`."""
    key, minute = member.decode().split(" ")
    return key, UUID(key.partition(":")[2]), int(minute)


def parse_minute(presence: bytes | None, participant_id: UUID, minute: int) -> Minute | None:
    """Return what a presence says of a minute; None if it no longer knows."""
    records = json.loads(presence).get("minutes", "") if presence else ""
    for record in records.split(";"):
        if record.startswith(f"{minute} "):
            _, state, frames, faces = record.split(" ")
            return Minute(participant_id, minute, state, int(frames), int(faces))
    return None


def format_interruption(
    participant_id: UUID, kind: InterruptionType, started_at: float, ended_at: float | None = None
) -> str:
    """Return the line of an interruption that the server saw; times in seconds since 1970."""
    return f"{format_start(participant_id, kind, started_at)} {'-' if ended_at is None else ended_at}"


def format_start(participant_id: UUID, kind: InterruptionType, started_at: float) -> str:
    """Return the line of an interruption without its end."""
    return f"{participant_id} {kind} {Reporter.SERVER} {started_at}"


def parse_interruption(line: bytes) -> Interruption:
    """Parse a member of `timeline:interruptions`."""
    participant_id, kind, reporter, started_at, ended_at = line.decode().split(" ")
    start = _time(started_at)
    # A clock that was set back must not stop the others from being written.
    end = None if ended_at == "-" else max(start, _time(ended_at))
    return Interruption(UUID(participant_id), InterruptionType(kind), Reporter(reporter), start, end)


def _time(seconds: str) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)
