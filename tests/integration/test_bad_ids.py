"""Unknown and malformed ids and keys get a clear 4xx that does not echo them."""

import json
from urllib.parse import quote
from uuid import UUID

import pytest

from tests.support.bad_input import MARK
from tests.support.exam import ONE_FACE, CandidateClient, Exam, assert_problem, bearer

UNKNOWN_IDS = [
    str(UUID(int=4)),
    "Xyzzy",
    "'; DROP TABLE meetings; --",
    '"',
    "\0",
    "a\0b",
    "../../etc/passwd",
    "🦊",
    "{}",
    "9" * 5_000,
    "-1",
    "\r\nX-Injected: 1",
]


@pytest.mark.parametrize("unknown", UNKNOWN_IDS, ids=lambda text: repr(text[:20]))
def test_unknown_ids_in_the_path_get_404(exam: Exam, candidate: CandidateClient, unknown: str) -> None:
    name = quote(unknown, safe="")
    client = exam.client
    answers = [
        client.get(f"/jobs/{name}", headers=bearer(candidate.token)),
        client.get(f"/jobs/{name}", headers=bearer(exam.admin_key)),
        client.get(f"/meetings/{name}/flags", headers=bearer(exam.admin_key)),
        client.post(f"/meetings/{name}/participants", json={"name": "Ada"}),
        client.get(f"/evidence/{name}", headers=bearer(exam.admin_key)),
    ]

    for answer in answers:
        assert MARK not in assert_problem(answer, 404)


@pytest.mark.parametrize("unknown", UNKNOWN_IDS, ids=lambda text: repr(text[:20]))
def test_unknown_ids_in_the_body_get_404(exam: Exam, candidate: CandidateClient, unknown: str) -> None:
    keys = {"meeting_id": unknown, "admin_id": exam.admin_key}
    frame = {**candidate.frame_body(ONE_FACE), "meeting_id": unknown}

    assert exam.client.post("/is_admin", json=keys).json() == {"admin": False}
    assert MARK not in assert_problem(exam.client.post("/multiple_faces_list", json=keys), 404)
    assert MARK not in assert_problem(
        exam.client.post("/detect_faces", json=frame, headers=bearer(candidate.token)), 404
    )


@pytest.mark.parametrize("unknown", UNKNOWN_IDS[1:], ids=lambda text: repr(text[:20]))
def test_wrong_admin_keys_are_refused(exam: Exam, unknown: str) -> None:
    keys = {"meeting_id": exam.id, "admin_id": unknown}

    assert exam.client.post("/is_admin", json=keys).json() == {"admin": False}
    assert MARK not in assert_problem(exam.client.post("/multiple_faces_list", json=keys), 401)


def test_lone_surrogate_in_an_admin_key_is_refused(exam: Exam) -> None:
    # Written by hand: no client library would encode it.
    content = json.dumps({"meeting_id": exam.id, "admin_id": "\ud800"})
    headers = {"Content-Type": "application/json"}

    assert exam.client.post("/is_admin", content=content, headers=headers).json() == {"admin": False}
    assert_problem(exam.client.post("/multiple_faces_list", content=content, headers=headers), 401)
