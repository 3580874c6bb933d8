"""A frame's requests get the same answers directly as through the middleware (with a trailing slash)."""

from collections.abc import Callable

import httpx
import pytest

from shared.settings import Settings
from tests.support.exam import ONE_FACE, CandidateClient, bearer

VARYING = {"date", "content-length", "location", "retry-after"}

Send = Callable[[CandidateClient, str], httpx.Response]


def post(candidate: CandidateClient, path: str, picture: bytes, token: str | None = None) -> httpx.Response:
    body = candidate.frame_body(picture)
    return candidate.client.post(path, json=body, headers=bearer(token or candidate.token))


def accepted(candidate: CandidateClient, slash: str) -> httpx.Response:
    return post(candidate, f"/detect_faces{slash}", ONE_FACE)


def without_token(candidate: CandidateClient, slash: str) -> httpx.Response:
    return post(candidate, f"/detect_faces{slash}", ONE_FACE, "none")


def no_picture(candidate: CandidateClient, slash: str) -> httpx.Response:
    return post(candidate, f"/detect_faces{slash}", b"no picture")


def too_large(candidate: CandidateClient, slash: str) -> httpx.Response:
    return post(candidate, f"/detect_faces{slash}", bytes(2 * Settings().max_frame_bytes))


def too_large_unannounced(candidate: CandidateClient, slash: str) -> httpx.Response:
    content = iter([bytes(2 * Settings().max_frame_bytes)])
    return candidate.client.post(f"/detect_faces{slash}", content=content, headers=bearer(candidate.token))


def known_job(candidate: CandidateClient, slash: str) -> httpx.Response:
    job_id = candidate.submit_frame(ONE_FACE)
    return candidate.client.get(f"/jobs/{job_id}{slash}", headers=bearer(candidate.token))


def unknown_job(candidate: CandidateClient, slash: str) -> httpx.Response:
    return candidate.client.get(f"/jobs/none{slash}", headers=bearer(candidate.token))


def wait_too_long(candidate: CandidateClient, slash: str) -> httpx.Response:
    return candidate.client.get(f"/jobs/none{slash}?wait=21", headers=bearer(candidate.token))


@pytest.mark.parametrize(
    ("send", "status"),
    [
        (accepted, 202),
        (without_token, 401),
        (no_picture, 422),
        (too_large, 413),
        (too_large_unannounced, 413),
        (known_job, 200),
        (unknown_job, 404),
        (wait_too_long, 404),
    ],
)
def test_direct_answer_is_that_of_the_middleware(candidate: CandidateClient, send: Send, status: int) -> None:
    direct, through_middleware = send(candidate, ""), send(candidate, "/")

    assert direct.status_code == through_middleware.status_code == status
    assert direct.json().keys() == through_middleware.json().keys()
    assert headers(direct) == headers(through_middleware)


def headers(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in VARYING}


def test_head_of_a_job_has_no_body(candidate: CandidateClient) -> None:
    job_id = candidate.submit_frame(ONE_FACE)

    answer = candidate.client.head(f"/jobs/{job_id}", headers=bearer(candidate.token))

    assert (answer.status_code, answer.content) == (200, b"")


def test_address_of_a_job_has_the_public_path(
    other_gateway: Callable[[Settings], httpx.Client], settings: Settings, candidate: CandidateClient
) -> None:
    url = "https://example.org/proctor"
    client = other_gateway(settings.model_copy(update={"public_url": url}))
    other = CandidateClient(client, candidate.meeting_id, candidate.id, candidate.token)

    for path in ("/detect_faces", "/proctor/detect_faces"):
        answer = post(other, path, ONE_FACE)
        assert answer.json()["status_url"] == f"/proctor/jobs/{answer.json()['job_id']}"
        assert client.get(answer.headers["Location"], headers=bearer(candidate.token)).status_code == 200
