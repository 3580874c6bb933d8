"""The audit log records every view, decision, export, change and erasure without personal names."""

from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, select, text

from shared.db.tables import Meeting
from tests.support.exam import CandidateClient, Exam, bearer

NAME = "Zebulon Quux"


def test_audit_log_records_each_action_without_names(
    exam: Exam, flagged: Callable[[CandidateClient], UUID]
) -> None:
    candidate = exam.join(NAME)
    evidence_id = flagged(candidate)
    [flag] = exam.get_flags().json()["flags"]
    admin = bearer(exam.admin_key)
    link = httpx.URL(flag["img_url"])

    exam.client.get(link.path, params=link.params)
    exam.client.get(f"/evidence/{evidence_id}", headers=admin)
    exam.client.get(f"/evidence/{evidence_id}", headers=bearer(candidate.token))  # refused, so not logged
    exam.client.post(
        f"/meetings/{exam.id}/flags/{flag['id']}/review", json={"decision": "dismissed"}, headers=admin
    )
    exam.client.get(f"/meetings/{exam.id}/flags.csv", headers=admin)
    exam.client.get(f"/meetings/{exam.id}/participants/{candidate.id}/export", headers=admin)
    exam.client.patch(f"/meetings/{exam.id}", json={"evidence_retention_days": 3}, headers=admin)
    for rules in ({"faces_allowed": 2, "no_face_seconds": 30}, {"faces_allowed": 2}, {"faces_allowed": None}):
        exam.client.patch(f"/meetings/{exam.id}/rules", json=rules, headers=admin)
    exam.erase(candidate.id)
    exam.erase(candidate.id)

    entries = exam.get_audit_log()
    assert [(entry["actor"], entry["action"], entry["what"]) for entry in reversed(entries)] == [
        ("anyone", "created", "the meeting"),
        ("link", "looked", f"evidence {evidence_id}"),
        ("admin", "looked", f"evidence {evidence_id}"),
        ("admin", "dismissed", f"flag {flag['id']}"),
        ("admin", "exported", "the flagged list"),
        ("admin", "exported", f"participant {candidate.id}"),
        ("admin", "changed", "retention"),
        ("admin", "changed", "rules"),
        ("admin", "changed", "rules"),
        ("admin", "erased", f"participant {candidate.id}"),
    ]
    assert NAME not in str(entries)
    assert [(entry["before"], entry["after"]) for entry in reversed(entries) if entry["after"]] == [
        ({"review": "open"}, {"review": "dismissed"}),
        ({"evidence_retention_days": None}, {"evidence_retention_days": 3}),
        (
            {"faces_allowed": None, "no_face_seconds": None},
            {"faces_allowed": 2, "no_face_seconds": 30.0},
        ),
        ({"faces_allowed": 2}, {"faces_allowed": None}),
    ]


@pytest.fixture
def audit_that_fails(database: Engine) -> Iterator[None]:
    with database.begin() as connection:
        connection.execute(text("ALTER TABLE audit ADD CONSTRAINT refuse CHECK (false) NOT VALID"))
    yield
    with database.begin() as connection:
        connection.execute(text("ALTER TABLE audit DROP CONSTRAINT refuse"))


@pytest.mark.usefixtures("audit_that_fails")
def test_meeting_is_not_created_without_its_audit_entry(gateway: httpx.Client, database: Engine) -> None:
    title = f"Algebra {uuid4()}"

    assert gateway.post("/meetings", json={"title": title}).is_server_error

    with database.connect() as connection:
        assert connection.scalars(select(Meeting.id).where(Meeting.title == title)).all() == []
