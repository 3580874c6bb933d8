"""Time of a page of the flagged list with a million rows, as a ratio to that with a thousand."""

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from uuid import UUID

from sqlalchemy import Engine, text

from dev.load.bench.figure import Figure
from dev.load.flag_rows import FINDINGS
from dev.stack.stack import Stack
from shared.db.audit import Actor
from shared.db.connection import connect, disable_answer_timeout
from shared.db.flags import flag_page_query, list_flags
from shared.db.meetings import add_participant, create_meeting
from shared.db.tables import Role
from shared.settings import Settings

FEW, MANY = 1_000, 1_000_000
PAGE = 100
REPEATS = 200

FILL = """
WITH flagged AS (
    INSERT INTO flags (job_id, meeting_id, participant_id, kind, faces, findings, taken_at)
    SELECT gen_random_uuid(), :meeting, :participant, 'multiple_faces', 2, CAST(:findings AS jsonb),
           now() - n * interval '1 second'
    FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n
    RETURNING id
)
INSERT INTO evidence (id, flag_id, status, content_type, sha256, store, reference)
SELECT gen_random_uuid(), id, 'stored', 'image/jpeg', repeat('0', 64), 'local', 'x.jpg' FROM flagged
"""


def measure(data: Path) -> Iterator[Figure]:
    """Measure the first page of a meeting that has all the rows, which is the worst case."""
    with Stack(data, environment={}, workers=1) as stack:
        database = connect(Settings(database_url=stack.database_url), pool_size=1)
        meeting, _ = create_meeting(database, "a long exam", Actor.ANYONE)
        participant = add_participant(database, meeting, "Ada", Role.CANDIDATE)
        _fill(database, meeting.id, participant, 1, FEW)
        few = _page_ms(database, meeting.id)
        _fill(database, meeting.id, participant, FEW + 1, MANY)
        many = _page_ms(database, meeting.id)
        print(_plan(database, meeting.id))
        database.dispose()
    yield Figure(
        "flagged list, 10⁶ ÷ 10³ rows",
        many / few,
        f"{many:.2f} ÷ {few:.2f} ms for {PAGE} rows, median of {REPEATS}",
        at_most=1.5,
    )


def _fill(database: Engine, meeting: UUID, participant: UUID, first: int, last: int) -> None:
    values = {
        "meeting": meeting,
        "participant": participant,
        "findings": FINDINGS,
        "first": first,
        "last": last,
    }
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        disable_answer_timeout(connection)
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text(FILL), values)
        connection.execute(text("VACUUM ANALYZE flags, evidence"))


def _page_ms(database: Engine, meeting: UUID) -> float:
    return median(_timed_ms(database, meeting) for _ in range(REPEATS))


def _timed_ms(database: Engine, meeting: UUID) -> float:
    started = time.perf_counter()
    list_flags(database, meeting, None, PAGE)
    return (time.perf_counter() - started) * 1000


def _plan(database: Engine, meeting: UUID) -> str:
    query = flag_page_query(meeting, None, PAGE).compile(database, compile_kwargs={"literal_binds": True})
    with database.connect() as connection:
        return "\n".join(connection.scalars(text(f"EXPLAIN (ANALYZE, COSTS OFF) {query}")))
