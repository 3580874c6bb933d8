"""The `type` of each error that clients receive."""

from collections.abc import Callable

import httpx
import pytest

from api.middleware.body_limit import SMALL_BODY_BYTES
from tests.support.exam import ONE_FACE, Exam, assert_problem, bearer


def type_of(response: httpx.Response, status: int) -> str:
    assert_problem(response, status)
    return str(response.json()["type"])


def join_closed(exam: Exam) -> httpx.Response:
    closed = exam.client.patch(f"/meetings/{exam.id}", json={"closed": True}, headers=bearer(exam.admin_key))
    assert closed.is_success
    return exam.client.post(f"/meetings/{exam.id}/participants", json={"name": "Ada"})


REQUESTS: dict[str, tuple[int, Callable[[Exam], httpx.Response]]] = {
    "about:blank": (404, lambda exam: exam.client.get("/nothing")),
    "urn:proctor:not-authorised": (401, lambda exam: exam.client.get(f"/meetings/{exam.id}/flags")),
    "urn:proctor:invalid-token": (
        401,
        lambda exam: exam.client.post("/detect_faces", headers=bearer("a.false.token")),
    ),
    "urn:proctor:not-found": (404, lambda exam: exam.client.get("/meetings/nowhere")),
    "urn:proctor:invalid-input": (422, lambda exam: exam.client.post("/meetings", json={"title": ""})),
    "urn:proctor:not-a-picture": (422, lambda exam: exam.join().post_frame(b"no picture")),
    "urn:proctor:bad-cursor": (422, lambda exam: exam.get_flags(after="nowhere")),
    "urn:proctor:meeting-closed": (409, join_closed),
}


@pytest.mark.parametrize("kind", REQUESTS)
def test_error_answers_carry_their_type(exam: Exam, kind: str) -> None:
    status, ask = REQUESTS[kind]

    assert type_of(ask(exam), status) == kind


def test_sending_too_fast_has_its_own_type(exam: Exam) -> None:
    candidate = exam.join()
    refused = next(answer for answer in iter(lambda: candidate.post_frame(ONE_FACE), None) if answer.is_error)

    assert type_of(refused, 429) == "urn:proctor:too-fast"
    assert refused.json()["next_frame_in_ms"]


@pytest.mark.parametrize("announced", [True, False])
def test_too_large_bodies_have_one_type(exam: Exam, announced: bool) -> None:
    body = b" " * (SMALL_BODY_BYTES + 1)
    refused = exam.client.post("/meetings", content=body if announced else iter([body]))

    assert type_of(refused, 413) == "urn:proctor:too-large"
