"""A meeting's link to the exam and its end; finishing as opposed to leaving for now."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.support.exam import CandidateClient, Exam, assert_problem, bearer

URL = "https://lms.example.org/exam?id=7#start"


def change(exam: Exam, **changes: object) -> httpx.Response:
    return exam.client.patch(f"/meetings/{exam.id}", json=changes, headers=bearer(exam.admin_key))


def leave(candidate: CandidateClient, body: dict[str, bool] | None) -> None:
    path = f"/meetings/{candidate.meeting_id}/leave"
    assert candidate.client.post(path, json=body, headers=bearer(candidate.token)).status_code == 204


def test_candidates_read_the_exams_link_and_end(gateway: httpx.Client) -> None:
    body = {"title": "Algebra I", "exam_url": f" {URL} ", "ends_at": "2030-01-01T12:00:00+02:00"}
    created = gateway.post("/meetings", json=body).json()
    exam = Exam(gateway, created["data"]["id"], created["admin_id"])

    read = gateway.get(f"/meetings/{exam.id}").json()
    assert (read["exam_url"], read["ends_at"]) == (URL, "2030-01-01T10:00:00Z")
    assert abs(datetime.fromisoformat(read["server_time"]) - datetime.now(UTC)) < timedelta(minutes=1)

    assert change(exam, ends_at="2030-01-01T10:30:00Z").json()["exam_url"] == URL
    assert change(exam, exam_url=None).json()["ends_at"] == "2030-01-01T10:30:00Z"
    assert gateway.get(f"/meetings/{exam.id}").json()["exam_url"] is None
    changed = exam.get_audit_log()[0]
    assert (changed["what"], changed["before"], changed["after"]) == (
        "exam",
        {"exam_url": URL},
        {"exam_url": None},
    )


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://example.org/",
        "example.org",
        "https://",
        "",
        "https://e.org/" + "x" * 2_000,
    ],
)
def test_exam_link_must_be_a_web_address(exam: Exam, url: str) -> None:
    assert_problem(change(exam, exam_url=url), 422)
    assert_problem(exam.client.post("/meetings", json={"title": "Algebra I", "exam_url": url}), 422)


@pytest.mark.parametrize(
    "time", ["2030-01-01T12:00:00", "9999-12-31T23:00:00-10:00", "0001-01-01T00:00:00+14:00", "soon"]
)
def test_exam_must_end_at_a_time_with_a_zone(exam: Exam, time: str) -> None:
    assert_problem(change(exam, ends_at=time), 422)


@pytest.mark.parametrize("body", [None, {"finished": False}])
def test_leaving_for_now_is_not_finishing(
    exam: Exam, candidate: CandidateClient, body: dict[str, bool] | None
) -> None:
    leave(candidate, body)

    assert (exam.get_people()[0]["state"], exam.get_people()[0]["finished_at"]) == ("left", None)


def test_finishing_is_recorded_each_time(exam: Exam, candidate: CandidateClient) -> None:
    leave(candidate, {"finished": True})
    first = exam.get_people()[0]["finished_at"]
    leave(candidate, {"finished": True})

    person = exam.get_people()[0]
    assert person["state"] == "left"
    assert first
    assert person["finished_at"] != first
    path = f"/meetings/{exam.id}/participants/{candidate.id}/report.json"
    record = exam.client.get(path, headers=bearer(exam.admin_key)).json()["record"]
    assert record["finished_at"] == person["finished_at"]
