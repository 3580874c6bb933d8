"""Time of the inbox's page with a hundred thousand incidents, as a ratio to that with a thousand."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from uuid import UUID

import httpx
from sqlalchemy import Engine, text

from dev.load.bench.figure import Figure
from dev.load.flag_rows import FINDINGS
from dev.stack.stack import Stack
from shared.db.audit import Actor
from shared.db.connection import connect, disable_answer_timeout
from shared.db.incident_list import IncidentFilter, Order, incident_page_query
from shared.db.meetings import add_participant, create_meeting
from shared.db.tables import Review, Role
from shared.settings import Settings

FEW, MANY = 1_000, 100_000
PAGE = 50
REPEATS = 100
CANDIDATES = 100

# A third is reviewed, and each has one flag with a picture.
FILL = """
WITH begun AS (
    INSERT INTO incidents (meeting_id, participant_id, kind, started_at, ended_at, flags, severity, review,
                           reviewer, reviewed_at)
    SELECT :meeting, (CAST(:people AS uuid[]))[1 + n % :candidates], 'multiple_faces',
           now() - n * interval '1 second', now() - n * interval '1 second', 1,
           300000 + hashtext(n::text) % 50000,
           CASE WHEN n % 3 = 0 THEN 'confirmed' ELSE 'open' END,
           CASE WHEN n % 3 = 0 THEN 'Grace' END, CASE WHEN n % 3 = 0 THEN now() END
    FROM generate_series(1, CAST(:count AS int)) AS n
    RETURNING id, participant_id, started_at
), flagged AS (
    INSERT INTO flags (job_id, meeting_id, participant_id, kind, faces, findings, taken_at, incident_id)
    SELECT gen_random_uuid(), :meeting, participant_id, 'multiple_faces', 2, CAST(:findings AS jsonb),
           started_at, id FROM begun
    RETURNING id
)
INSERT INTO evidence (id, flag_id, status, content_type, sha256, store, reference)
SELECT gen_random_uuid(), id, 'stored', 'image/jpeg', repeat('0', 64), 'local', 'x.jpg' FROM flagged
"""


@dataclass(frozen=True)
class _Meeting:
    id: UUID
    key: str


def measure(data: Path) -> Iterator[Figure]:
    """Request the first page, and the state that pages poll, from two meetings in turn."""
    with Stack(data, environment={}, workers=1) as stack, httpx.Client(base_url=stack.url) as client:
        database = connect(Settings(database_url=stack.database_url), pool_size=1)
        few, many = (_fill(database, count) for count in (FEW, MANY))
        _vacuum(database)
        print(_plan(database, many.id))
        pages = _alternate(client, few, many, f"incidents?limit={PAGE}&order=worst&review=open")
        states = _alternate(client, few, many, "inbox")
        database.dispose()
    few_ms, many_ms = pages
    yield Figure(
        "inbox, 10⁵ ÷ 10³ incidents",
        many_ms / few_ms,
        f"{many_ms:.1f} ÷ {few_ms:.1f} ms for {PAGE} incidents by HTTP, median of {REPEATS}",
        at_most=1.5,
    )
    few_ms, many_ms = states
    yield Figure("state of the inbox, 10⁵ incidents", many_ms, f"{few_ms:.1f} ms at 10³", unit="ms")


def _fill(database: Engine, count: int) -> _Meeting:
    meeting, key = create_meeting(database, "a long exam", Actor.ANYONE)
    people = [add_participant(database, meeting, "Ada", Role.CANDIDATE) for _ in range(CANDIDATES)]
    values = {
        "meeting": meeting.id,
        "people": [str(person) for person in people],
        "candidates": CANDIDATES,
        "count": count,
        "findings": FINDINGS,
    }
    with database.begin() as connection:
        disable_answer_timeout(connection)
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text(FILL), values)
    return _Meeting(meeting.id, key)


def _vacuum(database: Engine) -> None:
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        disable_answer_timeout(connection)
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE incidents, flags, evidence"))


def _alternate(client: httpx.Client, few: _Meeting, many: _Meeting, path: str) -> tuple[float, float]:
    """Return the medians in milliseconds: a slow moment of the machine slows both meetings."""
    times = [(_get_ms(client, few, path), _get_ms(client, many, path)) for _ in range(REPEATS)]
    return median(first for first, _ in times), median(second for _, second in times)


def _get_ms(client: httpx.Client, meeting: _Meeting, path: str) -> float:
    headers = {"Authorization": f"Bearer {meeting.key}"}
    started = time.perf_counter()
    answer = client.get(f"/meetings/{meeting.id}/{path}", headers=headers)
    elapsed = time.perf_counter() - started
    answer.raise_for_status()
    return elapsed * 1000


def _plan(database: Engine, meeting: UUID) -> str:
    page = incident_page_query(meeting, Order.WORST, None, PAGE, IncidentFilter(reviews=[Review.OPEN]))
    query = page.compile(database, compile_kwargs={"literal_binds": True})
    with database.connect() as connection:
        return "\n".join(connection.scalars(text(f"EXPLAIN (ANALYZE, COSTS OFF) {query}")))
