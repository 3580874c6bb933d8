"""Breaks that an invigilator gives a candidate."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine

from shared.db.breaks import give_break
from shared.db.timeline import Minute, load_record, write_minutes
from tests.support.exam import CandidateClient, Exam, assert_problem, bearer

NOW = datetime.now(UTC)


def path_of(exam: Exam, participant_id: str) -> str:
    return f"/meetings/{exam.id}/participants/{participant_id}/break"


def give(exam: Exam, participant_id: str, minutes: object) -> httpx.Response:
    headers = bearer(exam.admin_key)
    return exam.client.put(path_of(exam, participant_id), json={"minutes": minutes}, headers=headers)


def end(exam: Exam, participant_id: str) -> httpx.Response:
    return exam.client.delete(path_of(exam, participant_id), headers=bearer(exam.admin_key))


def ends_of_breaks(exam: Exam, candidate: CandidateClient, database: Engine) -> list[datetime]:
    record = load_record(database, UUID(exam.id), "any", UUID(candidate.id))
    assert record
    return [item.ended_at for item in record.interruptions if item.ended_at]


def test_gap_in_a_break_is_paused_by_staff(exam: Exam, candidate: CandidateClient, database: Engine) -> None:
    begun, until = NOW - timedelta(minutes=9), NOW - timedelta(minutes=3)
    first = int(begun.timestamp()) // 60
    write_minutes(database, [Minute(UUID(candidate.id), first + n, "v", 12, 1) for n in (0, 7)])
    give_break(database, UUID(exam.id), UUID(candidate.id), begun, until)

    path = f"/meetings/{exam.id}/participants/{candidate.id}/timeline"
    answer = exam.client.get(path, headers=bearer(candidate.token)).json()

    assert answer["states"].startswith("v------v")
    assert answer["gaps"][0]["type"] == "paused_by_staff"
    assert answer["gaps"][0]["reported_by"] == "staff"
    assert answer["gaps"][0]["minutes"] >= 5


def listed_break(exam: Exam) -> tuple[str | None, str | None]:
    """Return the end of the running break, and that of the last one, from the list of people."""
    [person] = exam.get_people()
    return person["break_until"], person["last_break_ended_at"]


def test_break_is_in_the_list_of_people(exam: Exam, candidate: CandidateClient, database: Engine) -> None:
    assert listed_break(exam) == (None, None)
    until = give(exam, candidate.id, 10).json()["until"]
    assert listed_break(exam) == (until, None)
    end(exam, candidate.id)
    [ended_at] = ends_of_breaks(exam, candidate, database)
    running, ended = listed_break(exam)
    assert running is None
    assert ended is not None
    assert datetime.fromisoformat(ended) == ended_at


def test_candidate_is_told_of_a_break(exam: Exam, candidate: CandidateClient) -> None:
    answer = give(exam, candidate.id, 10)

    assert answer.status_code == 200
    start, until = (datetime.fromisoformat(answer.json()[name]) for name in ("started_at", "until"))
    assert until - start == timedelta(minutes=10)
    path = f"/meetings/{exam.id}/messages"
    [message] = exam.client.get(path, headers=bearer(exam.admin_key)).json()["messages"]
    assert message["participant_id"] == candidate.id
    assert "break of 10 minutes" in message["text"]


def test_running_break_is_changed_and_ended(exam: Exam, candidate: CandidateClient, database: Engine) -> None:
    first, second = (give(exam, candidate.id, minutes).json() for minutes in (10, 30))

    assert second["started_at"] == first["started_at"]
    assert ends_of_breaks(exam, candidate, database) == [datetime.fromisoformat(second["until"])]

    assert end(exam, candidate.id).status_code == 204
    [ended] = ends_of_breaks(exam, candidate, database)
    assert ended < datetime.fromisoformat(first["until"])
    assert end(exam, candidate.id).status_code == 204
    assert ends_of_breaks(exam, candidate, database) == [ended]
    targets = [entry["what"] for entry in exam.get_audit_log()]
    assert targets.count(f"break of participant {candidate.id}") == 3


def test_break_of_a_stranger_is_not_found(exam: Exam, candidate: CandidateClient) -> None:
    elsewhere = Exam.create(exam.client).join()
    for participant_id in (str(uuid4()), elsewhere.id):
        assert_problem(give(exam, participant_id, 10), 404)
        assert_problem(end(exam, participant_id), 404)
    exam.erase(candidate.id)
    assert_problem(give(exam, candidate.id, 10), 404)


@pytest.mark.parametrize("minutes", [0, -5, 121, 10**30, "soon", None])
def test_length_of_a_break_is_bounded(
    exam: Exam, candidate: CandidateClient, database: Engine, minutes: object
) -> None:
    assert_problem(give(exam, candidate.id, minutes), 422)
    assert ends_of_breaks(exam, candidate, database) == []
