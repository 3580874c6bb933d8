"""Writing the timelines of many candidates to Postgres: processor time of a minute, and bytes of a row."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from redis import Redis
from sqlalchemy import Engine, text

from dev.load.bench.figure import Figure
from dev.load.work import read_work
from dev.stack.stack import Stack
from shared.db.audit import Actor
from shared.db.connection import connect
from shared.db.meetings import create_meeting
from shared.presence.last_seen import presence_key
from shared.presence.timeline import DUE_MINUTES, TIMELINE_MINUTES
from shared.settings import Settings
from worker.evidence.timelines import write_due_minutes

CANDIDATES = 10_000
MINUTES = 30
END = 2**31
"""A time after all minutes."""

ADD = """
INSERT INTO participants (id, meeting_id, name, role)
SELECT gen_random_uuid(), :meeting, 'Ada', 'candidate' FROM generate_series(1, CAST(:count AS int))
RETURNING id
"""
SIZES = """
SELECT pg_relation_size('timeline') / count(*)::float AS row,
       pg_indexes_size('timeline') / count(*)::float AS indexes FROM timeline
"""


def measure(data: Path) -> Iterator[Figure]:
    """Write half an hour of an exam, minute by minute, as the evidence worker does."""
    with Stack(data, environment={}, workers=1) as stack:
        database = connect(Settings(database_url=stack.database_url), pool_size=1)
        participants = _add_candidates(database)
        ours = theirs = 0.0
        with Redis.from_url(stack.redis_url) as redis:
            for minute in range(MINUTES):
                _fill(redis, participants, minute)
                before, started = read_work(stack.processes)["postgres"].cpu, time.process_time()
                write_due_minutes(redis, database, END)
                ours += time.process_time() - started
                theirs += read_work(stack.processes)["postgres"].cpu - before
        with database.connect() as connection:
            row, indexes = connection.execute(text(SIZES)).one()
        database.dispose()
    yield Figure(
        "timelines of 10,000, a minute",
        (ours + theirs) / MINUTES,
        f"{ours / MINUTES:.2f} s of the worker, {theirs / MINUTES:.2f} s of Postgres",
        unit=" s",
        at_most=1,
    )
    yield Figure(
        "bytes of a row of a timeline",
        row + indexes,
        f"{row:.0f} in the table, {indexes:.0f} in its indexes",
        at_most=100,
    )


def _fill(redis: Redis, participants: list[UUID], minute: int) -> None:
    """Store what `finish.lua` keeps of each candidate."""
    minutes = ";".join(f"{minute - past} v 12 1" for past in range(TIMELINE_MINUTES))
    presence = json.dumps({"minutes": minutes, "coverage": "v" * 30, "observations": "o" * 800})
    keys = [presence_key(participant) for participant in participants]
    redis.mset(dict.fromkeys(keys, presence))
    # Due in the far future, so that the evidence worker of the stack leaves them.
    redis.zadd(DUE_MINUTES, {f"{key} {minute}": END for key in keys})


def _add_candidates(database: Engine) -> list[UUID]:
    meeting, _ = create_meeting(database, "a long exam", Actor.ANYONE)
    with database.begin() as connection:
        added = connection.scalars(text(ADD), {"meeting": meeting.id, "count": CANDIDATES})
        return list(added)
