"""Paging through the flagged list: every flag once, at a cost that does not grow with the table."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from shared.db.flags import Cursor, flag_page_query
from tests.support.exam import Exam
from tests.support.samples import add_flags

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def read_pages(exam: Exam, limit: int) -> list[list[int]]:
    pages: list[list[int]] = []
    params: dict[str, str | int] = {"limit": limit}
    while True:
        page = exam.get_flags(**params).json()
        pages.append([flag["id"] for flag in page["flags"]])
        if page["next"] is None:
            return pages
        params["after"] = page["next"]


@pytest.mark.parametrize("limit", [1, 3, 7, 8, 500])
def test_paging_reads_every_flag_once_newest_first(exam: Exam, database: Engine, limit: int) -> None:
    times = [NOON, NOON, NOON + timedelta(microseconds=1), NOON, NOON - timedelta(days=1), NOON, NOON]
    ids = add_flags(database, exam, times)

    pages = read_pages(exam, limit)

    newest_first = sorted(zip(times, ids, strict=True), reverse=True)
    assert [flag_id for page in pages for flag_id in page] == [flag_id for _, flag_id in newest_first]
    assert all(len(page) == limit for page in pages[:-1])
    assert pages[-1]  # no empty last page


def test_flags_added_while_paging_repeat_nothing(exam: Exam, database: Engine) -> None:
    add_flags(database, exam, [NOON + timedelta(seconds=n) for n in range(6)])
    first = exam.get_flags(limit=3).json()
    add_flags(database, exam, [NOON + timedelta(hours=1)])

    second = exam.get_flags(limit=3, after=first["next"]).json()

    seen = [flag["id"] for flag in first["flags"] + second["flags"]]
    assert len(set(seen)) == 6
    assert second["next"] is None


def test_tutorial_list_has_the_newest_500(exam: Exam, database: Engine) -> None:
    ids = add_flags(database, exam, [NOON + timedelta(seconds=n) for n in range(501)])
    keys = {"meeting_id": exam.id, "admin_id": exam.admin_key}

    flags = exam.client.post("/multiple_faces_list", json=keys).json()

    assert [flag["id"] for flag in flags] == ids[:0:-1]


@pytest.mark.parametrize("after", [None, Cursor(NOON + timedelta(seconds=700), 2**40)])
def test_page_query_is_one_index_range(exam: Exam, database: Engine, after: Cursor | None) -> None:
    exams = [exam, *(Exam.create(exam.client) for _ in range(3))]
    for each in exams:
        add_flags(database, each, [NOON + timedelta(seconds=n) for n in range(1_500)])
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE flags, evidence, participants"))

    page = flag_page_query(UUID(exam.id), after, 101)
    # psycopg2 also sends the values inline.
    query = page.compile(dialect=database.dialect, compile_kwargs={"literal_binds": True})
    with database.connect() as connection:
        plan = "\n".join(connection.scalars(text(f"EXPLAIN {str(query).replace(':', chr(92) + ':')}")))

    assert "Index Scan using ix_flags_newest" in plan
    assert "Sort" not in plan
    assert "Seq Scan on flags" not in plan
    assert "Filter: (meeting_id" not in plan
