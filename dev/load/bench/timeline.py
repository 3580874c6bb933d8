"""Writing the timelines of many candidates: processor time of a minute, and bytes of a row."""

import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, text

from dev.load.bench.figure import Figure
from dev.load.work import read_work
from dev.stack.stack import Stack
from shared.db.audit import Actor
from shared.db.connection import connect
from shared.db.meetings import create_meeting
from shared.db.timeline import Minute, write_minutes
from shared.settings import Settings

CANDIDATES = 10_000
MINUTES = 180

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
    """Write an exam of three hours, minute by minute, as the evidence worker does."""
    with Stack(data, environment={}, workers=1) as stack:
        database = connect(Settings(database_url=stack.database_url), pool_size=1)
        participants = _add_candidates(database)
        started, ours = read_work(stack.processes)["postgres"].cpu, time.process_time()
        for minute in range(MINUTES):
            write_minutes(database, [Minute(participant, minute, "v", 12, 1) for participant in participants])
        ours = time.process_time() - ours
        theirs = read_work(stack.processes)["postgres"].cpu - started
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


def _add_candidates(database: Engine) -> list[UUID]:
    meeting, _ = create_meeting(database, "a long exam", Actor.ANYONE)
    with database.begin() as connection:
        added = connection.scalars(text(ADD), {"meeting": meeting.id, "count": CANDIDATES})
        return list(added)
