"""Joining: closed meetings, capacity, and erasing many people at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from shared.settings import Settings
from tests.support.exam import CandidateClient, Exam, assert_problem, bearer

CAPACITY = 3


@pytest.fixture
def small(settings: Settings, other_gateway: Callable[[Settings], httpx.Client]) -> Exam:
    """A meeting with a capacity of three."""
    return Exam.create(other_gateway(Settings(**dict(settings) | {"meeting_capacity": CAPACITY})))


def join(exam: Exam, key: str | None = None) -> httpx.Response:
    headers = bearer(key) if key else {}
    return exam.client.post(f"/meetings/{exam.id}/participants", json={"name": "Ada"}, headers=headers)


def change(exam: Exam, **changes: object) -> httpx.Response:
    return exam.client.patch(f"/meetings/{exam.id}", json=changes, headers=bearer(exam.admin_key))


def erase(exam: Exam, *ids: str) -> httpx.Response:
    path = f"/meetings/{exam.id}/erasures"
    return exam.client.post(path, json={"participant_ids": ids}, headers=bearer(exam.admin_key))


def rejoin(candidate: CandidateClient) -> int:
    path = f"/meetings/{candidate.meeting_id}/rejoin"
    return candidate.client.post(path, headers=bearer(candidate.token)).status_code


def people(exam: Exam) -> set[str]:
    return {person["participant_id"] for person in exam.get_people()}


def audit(exam: Exam) -> list[str]:
    return [
        f"{entry['action']} {entry['what']} {entry['after'] or ''}".strip()
        for entry in reversed(exam.get_audit_log())
    ]


def test_closed_meeting_accepts_no_new_candidate(exam: Exam) -> None:
    candidate = exam.join()

    assert change(exam, closed=True).json()["closed"] is True
    assert exam.client.get(f"/meetings/{exam.id}").json()["closed"] is True
    assert "closed to new people" in assert_problem(join(exam), 409)
    assert rejoin(candidate) == 200
    assert join(exam, exam.admin_key).status_code == 201

    assert change(exam, closed=False).json()["closed"] is False
    assert join(exam).status_code == 201


def test_closing_and_opening_are_audited(exam: Exam) -> None:
    for closed in (True, True, False):
        change(exam, closed=closed)

    assert audit(exam)[1:] == ["changed joining {'closed': True}", "changed joining {'closed': False}"]


def test_closing_keeps_the_retention(exam: Exam) -> None:
    change(exam, evidence_retention_days=7)

    changed = change(exam, closed=True).json()

    assert (changed["evidence_retention_days"], changed["closed"]) == (7, True)
    assert change(exam, evidence_retention_days=8).json()["closed"] is True
    assert_problem(change(exam), 422)


def test_capacity_holds_under_concurrent_joins(small: Exam) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: join(small), range(12)))

    assert sorted(answer.status_code for answer in answers) == [201] * CAPACITY + [409] * (12 - CAPACITY)
    assert len(people(small)) == CAPACITY
    assert "full" in assert_problem(join(small), 409)


def test_admins_and_returning_people_ignore_capacity(small: Exam) -> None:
    candidates = [small.join() for _ in range(CAPACITY)]

    assert {rejoin(candidate) for candidate in candidates} == {200}
    assert join(small, small.admin_key).status_code == 201


def test_erasing_people_frees_capacity(small: Exam) -> None:
    first, *others = [small.join() for _ in range(CAPACITY)]
    stranger = Exam.create(small.client).join()

    answer = erase(small, *(candidate.id for candidate in others), stranger.id)

    assert answer.status_code == 202
    assert [one["participant_id"] for one in answer.json()["erasures"]] == [
        candidate.id for candidate in others
    ]
    assert people(small) == {first.id}
    assert rejoin(stranger) == 200
    assert audit(small)[1:] == [f"erased participant {candidate.id}" for candidate in others]
    assert join(small).status_code == 201


@pytest.mark.parametrize("ids", [[], ["x"], ["00000000-0000-0000-0000-000000000000"] * 101])
def test_invalid_erasure_lists_are_refused(exam: Exam, ids: list[str]) -> None:
    assert_problem(erase(exam, *ids), 422)
