"""How long evidence is kept, per meeting and by the operator's limit."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, update

from shared.db.retention import list_evidence_to_retire
from shared.db.tables import Evidence
from tests.support.exam import CandidateClient, Exam, assert_problem, bearer


def set_age(database: Engine, evidence_id: UUID, days: float) -> None:
    with database.begin() as connection:
        connection.execute(
            update(Evidence)
            .where(Evidence.id == evidence_id)
            .values(created_at=datetime.now(UTC) - timedelta(days=days))
        )


def test_retention_is_set_per_meeting(
    gateway: httpx.Client, flagged: Callable[[CandidateClient], UUID], database: Engine
) -> None:
    created = gateway.post("/meetings", json={"title": "Algebra I", "evidence_retention_days": 7}).json()
    short, default = Exam(gateway, created["data"]["id"], created["admin_id"]), Exam.create(gateway)
    pictures = {exam: flagged(exam.join()) for exam in (short, default)}

    def due(after_days: float) -> set[UUID]:
        for picture in pictures.values():
            set_age(database, picture, after_days)
        return {kept.id for kept in list_evidence_to_retire(database, 30, 1_000)} & set(pictures.values())

    assert due(6.9) == set()
    assert due(7.1) == {pictures[short]}
    assert due(30.1) == set(pictures.values())

    change = gateway.patch(
        f"/meetings/{default.id}", json={"evidence_retention_days": 2}, headers=bearer(default.admin_key)
    )
    assert change.json()["evidence_retention_days"] == 2
    assert gateway.get(f"/meetings/{default.id}").json()["evidence_retention_days"] == 2
    assert due(2.1) == {pictures[default]}


@pytest.mark.parametrize("days", [0, -1, 31, 10**30, "seven", 1.5])
def test_retention_cannot_exceed_the_operators(exam: Exam, days: object) -> None:
    body = {"title": "Algebra I", "evidence_retention_days": days}
    assert_problem(exam.client.post("/meetings", json=body), 422)
    body.pop("title")
    answer = exam.client.patch(f"/meetings/{exam.id}", json=body, headers=bearer(exam.admin_key))
    assert_problem(answer, 422)


def test_shorter_operator_retention_applies_to_all_meetings(
    gateway: httpx.Client, flagged: Callable[[CandidateClient], UUID], database: Engine
) -> None:
    created = gateway.post("/meetings", json={"title": "Algebra I", "evidence_retention_days": 30}).json()
    picture = flagged(Exam(gateway, created["data"]["id"], created["admin_id"]).join())
    set_age(database, picture, 10)

    assert picture in {kept.id for kept in list_evidence_to_retire(database, 9, 1_000)}
