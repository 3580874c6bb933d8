"""Malformed, forged and expired tokens, and tokens of another meeting."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import jwt
import pytest

from api.auth.tokens import VALID_FOR, Bearer, Tokens
from shared.db.tables import Role
from tests.conftest import SECRET
from tests.support.bad_input import MARK, nested
from tests.support.exam import ONE_FACE, CandidateClient, Exam, assert_problem, bearer, to_base64


def issue_token(
    candidate: CandidateClient, *, role: Role = Role.CANDIDATE, issued: datetime | None = None
) -> str:
    return Tokens(SECRET).issue(Bearer(UUID(candidate.meeting_id), UUID(candidate.id), role), issued)


def unsigned_token(candidate: CandidateClient) -> str:
    claims = jwt.decode(candidate.token, options={"verify_signature": False})
    return jwt.encode(claims, "", "none")


def altered(candidate: CandidateClient) -> str:
    head, claims, signature = candidate.token.split(".")
    return f"{head}.{claims}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"


def without_expiry(candidate: CandidateClient) -> str:
    claims = jwt.decode(candidate.token, options={"verify_signature": False})
    return jwt.encode({name: value for name, value in claims.items() if name != "exp"}, SECRET, "HS256")


def deep_token(_: CandidateClient) -> str:
    header = to_base64(b'{"alg":"HS256","x":' + nested(5_000) + b"}")
    return f"{header.rstrip('=')}.e30.AAAA"


BAD_TOKENS: dict[str, Callable[[CandidateClient], str]] = {
    "none": lambda _: "-",
    "rubbish": lambda _: "Xyzzy",
    "dots": lambda _: "...",
    "latin-1": lambda _: "é.é.é",
    "expired": lambda candidate: issue_token(
        candidate, issued=datetime.now(UTC) - VALID_FOR - timedelta(seconds=1)
    ),
    "altered": altered,
    "unsigned": unsigned_token,
    "never-expires": without_expiry,
    "another-secret": lambda candidate: Tokens(SECRET[::-1]).issue(
        Bearer(UUID(candidate.meeting_id), UUID(candidate.id), Role.CANDIDATE)
    ),
    "admin-role": lambda candidate: issue_token(candidate, role=Role.ADMIN),
    "deep-header": deep_token,
}


@pytest.mark.parametrize("kind", BAD_TOKENS)
def test_frame_with_a_bad_token_gets_401(candidate: CandidateClient, kind: str) -> None:
    headers = {b"Authorization": f"Bearer {BAD_TOKENS[kind](candidate)}".encode("latin-1")}

    response = candidate.client.post("/detect_faces", json=candidate.frame_body(ONE_FACE), headers=headers)

    assert MARK not in assert_problem(response, 401)
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("kind", sorted(set(BAD_TOKENS) - {"admin-role"}))
def test_job_is_not_read_with_a_bad_token(candidate: CandidateClient, kind: str) -> None:
    headers = {b"Authorization": f"Bearer {BAD_TOKENS[kind](candidate)}".encode("latin-1")}
    job_id = candidate.submit_frame(ONE_FACE)

    response = candidate.client.get(f"/jobs/{job_id}", headers=headers)

    # A malformed token is taken for an admin key, and its holder has no such job.
    assert_problem(response, 404 if kind in {"none", "rubbish"} else 401)


def test_token_of_another_meeting_gets_404(gateway: httpx.Client, candidate: CandidateClient) -> None:
    elsewhere = Exam.create(gateway).join()

    response = gateway.post(
        "/detect_faces", json=candidate.frame_body(ONE_FACE), headers=bearer(elsewhere.token)
    )

    assert_problem(response, 404)
