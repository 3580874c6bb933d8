"""Reports of an attempt and of a whole exam, as JSON, CSV and PDF."""

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pypdfium2
import pytest

from shared.settings import Settings
from tests.support.evidence_worker import evidence_worker_process
from tests.support.exam import ONE_FACE, CandidateClient, Exam, assert_problem, bearer
from tests.support.incidents import FlagRecorder, get_incidents, review_incident
from tests.support.waiting import wait_until
from tests.support.ws_client import authenticated_connection

NAME = "Nguyễn Thị Hồng"
GRACE = {"name": "Grace Hopper", "email": "grace@example.org"}


@pytest.fixture
def candidate(exam: Exam) -> CandidateClient:
    return exam.join(NAME)


@pytest.fixture
def _evidence_worker(settings: Settings, tmp_path: Path) -> Iterator[None]:
    worker = evidence_worker_process(settings, tmp_path)
    worker.start()
    yield
    worker.stop()


@pytest.fixture
def recorded(exam: Exam, candidate: CandidateClient, flag: FlagRecorder) -> CandidateClient:
    """A candidate with a confirmed incident of two flags, a message, changed rules and a decision."""
    admin = bearer(exam.admin_key)
    flag(0, thumbnail=ONE_FACE)
    flag(10, thumbnail=b"damaged")
    [incident] = get_incidents(exam)["incidents"]
    review_incident(exam, incident["id"], reason="Two people talk.", reviewer="Grace")
    exam.send_message("Please look at your screen.", candidate)
    exam.client.patch(f"/meetings/{exam.id}/rules", json={"faces_allowed": 2}, headers=admin)
    exam.client.post(
        f"/meetings/{exam.id}/participants/{candidate.id}/decision",
        json={"outcome": "clear", "reason_code": "no_concern", "comment": "A sister.", "reader": GRACE},
        headers=admin,
    )
    return candidate


def get(exam: Exam, path: str) -> httpx.Response:
    return exam.client.get(f"/meetings/{exam.id}/{path}", headers=bearer(exam.admin_key))


def report(exam: Exam, candidate: CandidateClient) -> Any:  # noqa: ANN401
    answer = get(exam, f"participants/{candidate.id}/report.json")
    assert answer.status_code == 200, answer.text
    return answer.json()


def read_pdf(exam: Exam, path: str) -> str:
    """Return the text of the PDF, once the worker has started."""

    def ask() -> httpx.Response | None:
        answer = get(exam, path)
        return answer if answer.status_code != 503 else None

    response = wait_until(ask, "a worker prints the report", 180)
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Cache-Control"] == "no-store"
    pages = pypdfium2.PdfDocument(response.content)
    return "\n".join(page.get_textpage().get_text_bounded() for page in pages)


def test_json_has_everything_about_the_attempt(exam: Exam, recorded: CandidateClient) -> None:
    record = report(exam, recorded)["record"]

    assert (record["name"], record["participant_id"], record["meeting_id"]) == (NAME, recorded.id, exam.id)
    [incident] = record["incidents"]
    assert (incident["kind"], incident["flags"], incident["review"]) == ("multiple_faces", 2, "confirmed")
    assert (incident["reason"], incident["reviewer"]) == ("Two people talk.", "Grace")
    assert len(incident["pictures"]) == 2
    assert incident["findings"]["version"]
    assert [message["text"] for message in record["messages"]] == ["Please look at your screen."]
    assert record["rules"]["faces_allowed"] == 2
    assert [(change["before"], change["after"]) for change in record["rule_changes"]] == [
        ({"faces_allowed": None}, {"faces_allowed": 2})
    ]
    [decision] = record["decisions"]
    assert (record["decision_state"], decision["outcome"], decision["reader_name"]) == (
        "decided",
        "clear",
        "Grace Hopper",
    )
    assert set(record["minutes_by_gap"]) >= {"network", "server", "unknown"}


def test_record_and_pictures_for_the_page_are_no_export(exam: Exam, recorded: CandidateClient) -> None:
    record = get(exam, f"participants/{recorded.id}/record").json()
    flags = get(exam, f"participants/{recorded.id}/pictures").json()["flags"]

    assert "exported" not in [entry["action"] for entry in get(exam, "audit").json()["entries"]]
    assert record == report(exam, recorded)["record"]
    [incident] = record["incidents"]
    assert [flag["incident_id"] for flag in flags] == [incident["id"]] * 2
    assert [flag["ts"] for flag in flags] == sorted(flag["ts"] for flag in flags)
    assert exam.client.get(httpx.URL(flags[0]["thumbnail_url"]).raw_path.decode()).content == ONE_FACE


def test_live_view_is_recorded_once(exam: Exam, candidate: CandidateClient) -> None:
    with (
        authenticated_connection(exam.client, exam.id, candidate.token) as candidate_ws,
        authenticated_connection(exam.client, exam.id, exam.admin_key) as admin_ws,
    ):
        for view in (1, 2):  # the second renews the first
            admin_ws.send_signal(candidate.id, {"type": "offer", "sdp": "v=0"}, view=view)
            candidate_ws.receive("watched")
            candidate_ws.receive("signal")

        [at] = get(exam, f"participants/{candidate.id}/record").json()["live_views"]

    [entry] = [entry for entry in get(exam, "audit").json()["entries"] if entry["action"] == "looked"]
    assert (entry["at"], entry["what"]) == (at, f"live view of participant {candidate.id}")


def test_hash_is_of_the_record_and_changes_with_it(exam: Exam, recorded: CandidateClient) -> None:
    first, again = report(exam, recorded), report(exam, recorded)
    text = json.dumps(first["record"], ensure_ascii=False, separators=(",", ":"))

    assert hashlib.sha256(text.encode()).hexdigest() == first["sha256"] == again["sha256"]
    exam.send_message("Thank you.", recorded)
    assert report(exam, recorded)["sha256"] != first["sha256"]


@pytest.mark.usefixtures("_evidence_worker")
def test_pdf_has_the_names_the_incident_and_its_pictures(exam: Exam, recorded: CandidateClient) -> None:
    text = read_pdf(exam, f"participants/{recorded.id}/report.pdf")

    for part in (NAME, "More than one person", "Two people talk.", "Grace Hopper", "A sister.", "clear"):
        assert part in text
    assert report(exam, recorded)["sha256"] in text
    assert exam.get_audit_log()[0]["action"] == "exported"


@pytest.mark.usefixtures("_evidence_worker")
def test_exam_report_has_a_line_for_each_candidate(exam: Exam, recorded: CandidateClient) -> None:
    exam.join("=cmd|' /C calc'!A0")

    text = get(exam, "report.csv").text.removeprefix("\ufeff")
    rows = {row["name"]: row for row in csv.DictReader(text.splitlines())}
    assert len(rows) == 2
    mine = rows[NAME]
    assert (mine["incidents_confirmed"], mine["incidents_open"]) == ("1", "0")
    assert (mine["decision"], mine["outcome"]) == ("decided", "clear")
    assert mine["sha256"] == report(exam, recorded)["sha256"]
    assert any(name.startswith("'=") for name in rows)
    pdf = read_pdf(exam, "report.pdf")
    assert NAME in pdf
    assert "1 confirmed" in pdf


def test_pdf_without_a_worker_is_refused_in_time(exam: Exam, candidate: CandidateClient) -> None:
    answer = get(exam, f"participants/{candidate.id}/report.pdf?wait=1")

    assert "no worker has printed the report yet" in assert_problem(answer, 503)
    assert answer.headers["Retry-After"] == "10"
    at_once = get(exam, f"participants/{candidate.id}/report.pdf?wait=0")
    assert_problem(at_once, 422)  # no worker could print it


def test_unknown_and_erased_people_have_no_report(
    exam: Exam, candidate: CandidateClient, gateway: httpx.Client
) -> None:
    other = Exam.create(gateway)
    for path in ("report.json", "report.pdf", "record", "pictures"):
        assert_problem(get(exam, f"participants/{uuid4()}/{path}"), 404)
        assert_problem(get(other, f"participants/{candidate.id}/{path}"), 404)
    exam.erase(candidate.id)
    assert_problem(get(exam, f"participants/{candidate.id}/report.json"), 404)
    assert "Nguyễn" not in get(exam, "report.csv").text


def test_empty_exam_has_an_empty_report(exam: Exam) -> None:
    assert get(exam, "report.csv").text == "\ufeff"
