"""Readers decide about whole attempts; a violation needs two of them."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.exam import CandidateClient, Exam, assert_problem, bearer

GRACE = {"name": "Grace Hopper", "email": "grace@example.org"}
ALAN = {"name": "Alan Turing", "email": "alan@example.org"}


@pytest.fixture
def candidate(exam: Exam) -> CandidateClient:
    return exam.join("Zebulon Quux")


def decide(
    exam: Exam,
    participant_id: str,
    outcome: str = "violation",
    reader: dict[str, str] = GRACE,
    **changes: object,
) -> httpx.Response:
    return exam.client.post(
        f"/meetings/{exam.id}/participants/{participant_id}/decision",
        json={"outcome": outcome, "reason_code": "another_person", "reader": reader} | changes,
        headers=bearer(exam.admin_key),
    )


def reopen(exam: Exam, participant_id: str, reason: str = "The candidate appealed.") -> httpx.Response:
    return exam.client.post(
        f"/meetings/{exam.id}/participants/{participant_id}/decision/reopen",
        json={"reason": reason, "reader": ALAN},
        headers=bearer(exam.admin_key),
    )


def read(exam: Exam, path: str, **params: int) -> dict[str, Any]:
    answer = exam.client.get(f"/meetings/{exam.id}/{path}", params=params, headers=bearer(exam.admin_key))
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def state_of(response: httpx.Response) -> tuple[str, str]:
    assert response.status_code == 200, response.text
    return response.json()["state"], response.json()["newest"]["outcome"]


@pytest.mark.parametrize("outcome", ["clear", "inconclusive"])
def test_one_reader_decides_anything_but_a_violation(
    exam: Exam, candidate: CandidateClient, outcome: str
) -> None:
    assert state_of(decide(exam, candidate.id, outcome, comment="Seen twice.")) == ("decided", outcome)

    [listed] = read(exam, "decisions")["decisions"]
    assert listed["participant_name"] == "Zebulon Quux"
    assert listed["newest"]["comment"] == "Seen twice."
    assert listed["newest"]["reader"] == GRACE


def test_violation_waits_for_a_second_reader(exam: Exam, candidate: CandidateClient) -> None:
    assert state_of(decide(exam, candidate.id)) == ("awaiting_second_reader", "violation")
    # The same person again is no second reader, with another name, in capitals or with invisible characters.
    for email in (" Grace@EXAMPLE.org ", "gra\u200bce@example.org"):
        again = decide(exam, candidate.id, reader={"name": "G. H.", "email": email}, comment="Quite sure.")
        assert state_of(again) == ("awaiting_second_reader", "violation")

    assert state_of(decide(exam, candidate.id, reader=ALAN)) == ("decided", "violation")
    assert read(exam, f"participants/{candidate.id}/decision")["state"] == "decided"


def test_second_reader_who_disagrees_clears(exam: Exam, candidate: CandidateClient) -> None:
    decide(exam, candidate.id)

    assert state_of(decide(exam, candidate.id, "clear", ALAN)) == ("decided", "clear")
    problem = assert_problem(decide(exam, candidate.id, "violation", GRACE), 409)
    assert problem == "Alan Turing has decided that this attempt is clear; reopen it to decide again"


def test_repeated_decision_is_recorded_once(exam: Exam, candidate: CandidateClient) -> None:
    first, second = decide(exam, candidate.id, "clear"), decide(exam, candidate.id, "clear")

    assert first.json() == second.json()
    assert len(read(exam, f"participants/{candidate.id}/decision")["entries"]) == 1
    assert [entry["action"] for entry in exam.get_audit_log()].count("decided") == 1


def test_reopened_attempt_needs_two_readers_again(exam: Exam, candidate: CandidateClient) -> None:
    decide(exam, candidate.id, reader=GRACE)
    decide(exam, candidate.id, reader=ALAN)

    assert state_of(reopen(exam, candidate.id)) == ("open", "reopened")
    assert_problem(reopen(exam, candidate.id), 409)
    assert state_of(decide(exam, candidate.id, reader=ALAN))[0] == "awaiting_second_reader"
    history = read(exam, f"participants/{candidate.id}/decision")["entries"]
    assert [entry["outcome"] for entry in history] == ["violation", "reopened", "violation", "violation"]
    assert history[1]["comment"] == "The candidate appealed."
    assert [entry["takes_effect"] for entry in history] == [False, False, True, False]


def test_readers_at_the_same_time_do_not_overwrite(exam: Exam) -> None:
    for _ in range(5):
        candidate = exam.join()
        with ThreadPoolExecutor(4) as threads:
            started = [
                threads.submit(decide, exam, candidate.id, outcome, reader)
                for outcome, reader in [("clear", GRACE), ("inconclusive", ALAN)] * 2
            ]
            answers = [future.result() for future in started]

        history = read(exam, f"participants/{candidate.id}/decision")["entries"]
        assert [entry["outcome"] for entry in history] in (["clear"], ["inconclusive"])
        assert sorted(answer.status_code for answer in answers) == [200, 200, 409, 409]


def test_decisions_are_audited_without_names(exam: Exam, candidate: CandidateClient) -> None:
    decide(exam, candidate.id, reader=GRACE)
    decide(exam, candidate.id, reader=ALAN)
    reopen(exam, candidate.id)

    log = exam.get_audit_log()[:3]
    assert [(entry["action"], entry["before"] and entry["before"]["state"]) for entry in log] == [
        ("open", "decided"),
        ("decided", "awaiting_second_reader"),
        ("decided", None),
    ]
    assert all(candidate.id in entry["what"] for entry in log)
    for name in ("Grace", "Alan", "Quux", "example.org"):
        assert name not in str(log)


def test_list_is_paged_newest_first(exam: Exam) -> None:
    candidates = [exam.join(f"Candidate {number}").id for number in range(5)]
    for participant_id in candidates:
        decide(exam, participant_id, "clear")
    reopen(exam, candidates[0])

    first = read(exam, "decisions", limit=3)
    rest = read(exam, "decisions", limit=3, after=first["next"])

    listed = [entry["participant_id"] for page in (first, rest) for entry in page["decisions"]]
    assert listed == [candidates[0], *reversed(candidates[1:])]
    assert rest["next"] is None
    assert "no_concern" in first["reason_codes"]


def test_erased_person_can_not_be_decided_about(exam: Exam, candidate: CandidateClient) -> None:
    decide(exam, candidate.id, "clear")
    assert exam.erase(candidate.id).is_success

    assert "was erased" in assert_problem(decide(exam, candidate.id), 409)
    assert "was erased" in assert_problem(reopen(exam, candidate.id), 409)
    assert read(exam, "decisions")["decisions"] == []


def test_unknown_and_other_peoples_ids_are_404(
    exam: Exam, candidate: CandidateClient, gateway: httpx.Client
) -> None:
    other = Exam.create(gateway)
    for participant_id in (str(uuid4()), candidate.id):
        assert_problem(decide(other, participant_id), 404)
        assert_problem(reopen(other, participant_id), 404)
    assert read(exam, "decisions")["decisions"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "guilty"},
        {"reason_code": "gut_feeling"},
        {"comment": "x" * 10_000},
        {"reader": None},
        {"reader": {"name": "Grace", "email": "no address"}},
        {"reader": {"name": "\u200b", "email": "grace@example.org"}},
    ],
)
def test_bad_decision_is_refused(exam: Exam, candidate: CandidateClient, changes: dict[str, Any]) -> None:
    assert_problem(decide(exam, candidate.id, **{"outcome": "clear"} | changes), 422)
    assert read(exam, "decisions")["decisions"] == []


def test_reopening_needs_a_reason(exam: Exam, candidate: CandidateClient) -> None:
    decide(exam, candidate.id, "clear")

    for reason in ("", " ", "x" * 10_000):
        assert_problem(reopen(exam, candidate.id, reason), 422)


def test_export_has_decisions_without_readers(exam: Exam, candidate: CandidateClient) -> None:
    decide(exam, candidate.id, "inconclusive", comment="The camera was off.")

    answer = exam.client.get(
        f"/meetings/{exam.id}/participants/{candidate.id}/export", headers=bearer(exam.admin_key)
    )
    text = zipfile.ZipFile(io.BytesIO(answer.content)).read("data.json").decode()

    [decision] = json.loads(text)["decisions"]
    assert (decision["outcome"], decision["comment"]) == ("inconclusive", "The camera was off.")
    assert "Grace" not in text
    assert "grace@" not in text
