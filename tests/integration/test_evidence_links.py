"""Signed evidence links open one picture for a limited time; anything similar is refused."""

from collections.abc import Callable
from uuid import UUID, uuid4

import httpx
import pytest

from shared.links import SignedLinks
from shared.settings import Settings
from tests.conftest import SECRET
from tests.support.exam import TWO_FACES, CandidateClient, Exam, assert_problem
from tests.support.jobs import judge_frame
from worker.frames.judging import Judging

BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.fixture
def links(settings: Settings) -> SignedLinks:
    return SignedLinks(SECRET, settings.public_url, "evidence")


@pytest.fixture
def evidence_id(candidate: CandidateClient, judging: Judging, uploads: list[UUID]) -> UUID:
    judge_frame(judging, UUID(candidate.submit_frame(TWO_FACES)))
    return uploads[0]


def signature_of(link: str) -> str:
    return link.partition("signature=")[2]


def test_signed_link_opens_its_evidence(gateway: httpx.Client, links: SignedLinks, evidence_id: UUID) -> None:
    link = httpx.URL(links.create_link(evidence_id))

    response = gateway.get(link.path, params=link.params)

    assert (response.status_code, response.content) == (200, TWO_FACES)
    assert response.headers["Cache-Control"].startswith("private")


@pytest.mark.parametrize(
    "forge",
    [
        lambda links, _: signature_of(links.create_link(uuid4())),
        lambda links, id_: signature_of(links.create_link(id_, now=1_700_000_000)),
        lambda _, id_: signature_of(SignedLinks(SECRET[::-1], "http://x", "evidence").create_link(id_)),
        lambda *_: "",
        lambda *_: "a.b.c",
        lambda *_: "\0",
        lambda *_: "é",
    ],
    ids=["of-another", "expired", "another-secret", "empty", "rubbish", "nul", "latin-1"],
)
def test_forged_link_gets_401(
    gateway: httpx.Client, links: SignedLinks, evidence_id: UUID, forge: Callable[[SignedLinks, UUID], str]
) -> None:
    params = {"signature": forge(links, evidence_id)}

    assert_problem(gateway.get(f"/evidence/{evidence_id}", params=params), 401)


def test_signature_with_one_byte_changed_gets_401(
    gateway: httpx.Client, links: SignedLinks, evidence_id: UUID
) -> None:
    signature = signature_of(links.create_link(evidence_id))

    for position, character in enumerate(signature):
        # The smallest change: the next letter of the alphabet. A dot becomes `-`.
        changed = BASE64URL[BASE64URL.find(character) ^ 1]
        params = {"signature": signature[:position] + changed + signature[position + 1 :]}
        answer = gateway.get(f"/evidence/{evidence_id}", params=params)
        assert answer.status_code == 401, f"byte {position} of {len(signature)}"


def test_candidate_token_is_not_a_signature(
    exam: Exam, candidate: CandidateClient, evidence_id: UUID
) -> None:
    response = exam.client.get(f"/evidence/{evidence_id}", params={"signature": candidate.token})

    assert_problem(response, 401)
