"""Notes that a meeting's invigilators write to each other."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, update

from api.meetings.notes import NOTE_LIMIT
from shared.db.notes import MAX_NOTES, delete_old_notes, write_note
from shared.db.tables import Note
from tests.support.exam import Exam, assert_problem, bearer


def post_note(exam: Exam, text: str, author: str = "Grace", key: str | None = None) -> httpx.Response:
    body = {"text": text, "author": author}
    return exam.client.post(f"/meetings/{exam.id}/notes", json=body, headers=bearer(key or exam.admin_key))


def get_notes(exam: Exam) -> list[dict[str, Any]]:
    answer = exam.client.get(f"/meetings/{exam.id}/notes", headers=bearer(exam.admin_key))
    assert answer.status_code == 200, answer.text
    notes: list[dict[str, Any]] = answer.json()["notes"]
    return notes


def test_notes_are_listed_newest_first_with_their_lines(exam: Exam) -> None:
    first = post_note(exam, "Back at 10:40.")
    second = post_note(exam, "  Watch #12,\nlamp behind them ", " Ada ")

    assert (first.status_code, second.status_code) == (201, 201)
    assert get_notes(exam) == [second.json(), first.json()]
    assert (second.json()["author"], second.json()["text"]) == ("Ada", "Watch #12,\nlamp behind them")


def test_only_the_newest_notes_are_listed(exam: Exam, database: Engine) -> None:
    for number in range(MAX_NOTES + 1):
        write_note(database, UUID(exam.id), "Grace", f"Note {number}")

    assert [note["text"] for note in get_notes(exam)] == [f"Note {n}" for n in range(MAX_NOTES, 0, -1)]


def test_another_meetings_notes_are_out_of_reach(exam: Exam) -> None:
    elsewhere = Exam.create(exam.client)
    post_note(exam, "Back at 10:40.")

    assert_problem(post_note(exam, "Hello", key=elsewhere.admin_key), 401)
    assert get_notes(elsewhere) == []
    assert [note["text"] for note in get_notes(exam)] == ["Back at 10:40."]


@pytest.mark.parametrize(
    ("text", "author"), [(" \n ", "Grace"), ("x" * 2_001, "Grace"), ("Hello", " "), ("Hello", "x" * 201)]
)
def test_blank_or_too_long_notes_are_refused(exam: Exam, text: str, author: str) -> None:
    assert_problem(post_note(exam, text, author), 422)
    assert get_notes(exam) == []


def test_audit_log_has_neither_text_nor_author_of_notes(exam: Exam) -> None:
    note = post_note(exam, "Watch #12, lamp behind them", "Grace Hopper").json()

    newest = exam.get_audit_log()[0]

    assert (newest["actor"], newest["action"], newest["what"]) == ("admin", "created", f"note {note['id']}")
    assert "lamp" not in str(newest)
    assert "Grace" not in str(newest)


def test_old_notes_are_deleted(exam: Exam, database: Engine) -> None:
    old, new = (post_note(exam, text).json() for text in ("old", "new"))
    now = datetime.now(UTC)
    with database.begin() as connection:
        long_ago = update(Note).where(Note.id == old["id"]).values(written_at=now - timedelta(days=184))
        connection.execute(long_ago)

    delete_old_notes(database, now, 183)

    assert get_notes(exam) == [new]


def test_flood_of_notes_is_refused(exam: Exam) -> None:
    # Twice as many: the window of the limit may end meanwhile.
    answers = [post_note(exam, "Hello") for _ in range(2 * NOTE_LIMIT.limit + 1)]

    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert_problem(refused[0], 429)
