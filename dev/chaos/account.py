"""Accounting for every accepted frame, and for the evidence of each flag."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from redis import Redis
from sqlalchemy import select
from sqlalchemy.orm import Session

from dev.chaos.stream import UNKNOWN, Frame
from dev.chaos.system import System
from shared.db.tables import Evidence, EvidenceStatus, Flag
from shared.jobs.model import JOB_COUNTS, OPEN_JOBS, JobStatus

OUR_ERROR = "an error on our side"
"""In the reason of a frame whose worker raised an error: no fault may cause that."""
UPLOADS_AT_ONCE = 8
"""As many as the evidence worker has threads."""


@dataclass(frozen=True)
class Account:
    """Frames by outcome."""

    judged: list[Frame]
    given_up: list[Frame]
    """`failed` or `expired`, with a reason."""
    forgotten: list[Frame]
    """By a Redis that restarted empty or had not replicated them; their candidates were answered 404."""
    lost: list[Frame]
    duplicates: int
    """How many more judgements than frames there are."""
    copies: int
    """Additional copies of pictures at the image host."""
    waiting: int
    """Pictures that wait for the next upload attempt."""
    problems: list[str]
    """Broken promises."""


def balance(system: System) -> int:
    """Return how many jobs ended more than once (negative: were lost), by Redis's own count."""
    return sum(_balance(shard.redis) for shard in system.shards)


def _balance(redis: Redis) -> int:
    with redis.pipeline(transaction=True) as pipe:
        pipe.hgetall(JOB_COUNTS)
        pipe.zcard(OPEN_JOBS)
        counts, waiting = pipe.execute()
    ended = sum(int(counts.get(status.value.encode(), 0)) for status in JobStatus if status.ended)
    return int(ended + waiting - int(counts.get(b"accepted", 0)))


def account(system: System) -> Account:
    """Account for all frames; call it when none is in progress."""
    frames = system.stream.frames
    judged = [frame for frame in frames if frame.end == "done"]
    given_up = [frame for frame in frames if frame.end in {"failed", "expired"} and frame.reason]
    forgotten = [frame for frame in frames if frame.end == UNKNOWN and _is_forgotten(system, frame)]
    known = {frame.job_id for frame in (*judged, *given_up, *forgotten)}
    lost = [frame for frame in frames if frame.job_id not in known]
    rows = _rows(system)
    flagged = {row.job_id for row, _ in rows}
    problems = [f"{frame.job_id} is lost: {frame.end}" for frame in lost]
    problems += [
        f"{frame.job_id} has the verdict flagged={frame.flagged} but the record differs"
        for frame in judged
        if frame.flagged != (UUID(frame.job_id) in flagged)
    ]
    pictures = _pictures(system)
    duplicates, copies = abs(balance(system)), sum(number - 1 for number in pictures.values())
    if duplicates:
        problems.append(f"{duplicates} frames were judged twice, or lost, by Redis's own count")
    # A killed evidence worker may leave a copy for each upload in progress: docs/decisions.md.
    if copies > UPLOADS_AT_ONCE * sum(system.parts.restarts[f"evidence{suffix}"] for suffix in ("", "-2")):
        problems.append(f"{copies} pictures are stored twice")
    problems += [f"{frame.job_id} failed: {frame.reason}" for frame in given_up if OUR_ERROR in frame.reason]
    problems += _missing_evidence(rows, pictures, {frame.job_id: frame for frame in frames})
    problems += [f"an unexpected answer: {answer}" for answer in system.stream.unexpected_answers]
    waiting = sum(evidence.status == EvidenceStatus.PENDING for _, evidence in rows)
    return Account(judged, given_up, forgotten, lost, duplicates, copies, waiting, problems)


def _is_forgotten(system: System, frame: Frame) -> bool:
    [shard] = [shard for shard in system.shards if shard.meeting_id == frame.meeting_id]
    return any(loss.explains(frame) for loss in shard.data_losses)


def _rows(system: System) -> list[tuple[Flag, Evidence]]:
    query = select(Flag, Evidence).join(Evidence, Evidence.flag_id == Flag.id)
    with Session(system.database) as session:
        return [(flag, evidence) for flag, evidence in session.execute(query)]


def _pictures(system: System) -> Counter[bytes]:
    """Count the copies of each picture in the stores."""
    at_imgur = [picture.content for picture in system.imgur.pictures.values()]
    on_disk = [file.read_bytes() for file in system.full_disk.glob("*.jpg")]
    return Counter(at_imgur + on_disk)


def _missing_evidence(
    rows: list[tuple[Flag, Evidence]], pictures: Counter[bytes], frames: dict[str, Frame]
) -> Iterator[str]:
    for flag, evidence in rows:
        frame = frames.get(str(flag.job_id))
        if frame is None:  # accepted, but its candidate did not get the answer
            continue
        match evidence.status:
            case EvidenceStatus.STORED if not pictures[frame.picture]:
                yield f"{flag.job_id}: the evidence is marked stored and is missing"
            case EvidenceStatus.PENDING if evidence.picture != frame.picture:
                yield f"{flag.job_id}: the evidence waits, with another picture"
