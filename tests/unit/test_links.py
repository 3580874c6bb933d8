"""Signed links to evidence open one picture for a limited time."""

import string
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import jwt
import pytest

from shared.links import SignedLinks

SECRET = "a secret of the tests, 32 characters or more"
MINUTE = 60
MIDNIGHT = 1_800_000_000  # a multiple of 15 minutes
PICTURE = UUID("0194fdc2-fa2f-4cc0-81d3-ff12045b73c8")
OTHER = UUID("0194fdc2-fa2f-4cc0-81d3-ff12045b73c9")


@pytest.fixture
def links() -> SignedLinks:
    return SignedLinks(SECRET, "https://exam.example/", "evidence")


def signature_of(link: str) -> str:
    return parse_qs(urlsplit(link).query)["signature"][0]


def test_link_points_to_the_gateway_and_is_valid(links: SignedLinks) -> None:
    link = links.create_link(PICTURE)

    assert link.startswith(f"https://exam.example/evidence/{PICTURE}?signature=")
    assert links.verify(PICTURE, signature_of(link))


def test_link_does_not_open_another_picture(links: SignedLinks) -> None:
    assert not links.verify(OTHER, signature_of(links.create_link(PICTURE)))


@pytest.mark.parametrize("made_after", [0, 1, 7 * MINUTE, 15 * MINUTE - 1])
def test_link_is_valid_for_15_to_30_minutes(links: SignedLinks, made_after: int) -> None:
    made = MIDNIGHT + made_after
    signature = signature_of(links.create_link(PICTURE, now=made))

    assert links.verify(PICTURE, signature, now=made + 15 * MINUTE)
    assert not links.verify(PICTURE, signature, now=made + 30 * MINUTE)


def test_link_is_stable_within_its_window(links: SignedLinks) -> None:
    first = links.create_link(PICTURE, now=MIDNIGHT)

    assert links.create_link(PICTURE, now=MIDNIGHT + 15 * MINUTE - 1) == first
    assert links.create_link(PICTURE, now=MIDNIGHT + 15 * MINUTE) != first


def test_link_signed_with_another_secret_is_refused(links: SignedLinks) -> None:
    forged = SignedLinks(SECRET[::-1], "https://exam.example", "evidence").create_link(PICTURE)

    assert not links.verify(PICTURE, signature_of(forged))


def test_link_expiry_cannot_be_changed(links: SignedLinks) -> None:
    early = signature_of(links.create_link(PICTURE, now=MIDNIGHT)).split(".")
    late = signature_of(links.create_link(PICTURE, now=MIDNIGHT + 60 * MINUTE)).split(".")

    assert not links.verify(PICTURE, ".".join([early[0], late[1], early[2]]), now=MIDNIGHT)


def test_link_with_any_byte_changed_is_refused(links: SignedLinks) -> None:
    signature = signature_of(links.create_link(PICTURE, now=MIDNIGHT))

    for position, right in enumerate(signature):
        for wrong in {*string.ascii_letters, *string.digits, *"-_.=+/ "} - {right}:
            changed = signature[:position] + wrong + signature[position + 1 :]
            assert not links.verify(PICTURE, changed, now=MIDNIGHT), f"{wrong} for {right} at {position}"


@pytest.mark.parametrize("missing", ["aud", "sub", "exp"])
def test_token_without_a_claim_is_refused(links: SignedLinks, missing: str) -> None:
    claims: dict[str, object] = {"aud": "evidence", "sub": str(PICTURE), "exp": MIDNIGHT}
    assert links.verify(PICTURE, jwt.encode(claims, SECRET, "HS256"), now=MIDNIGHT - 1)

    del claims[missing]

    assert not links.verify(PICTURE, jwt.encode(claims, SECRET, "HS256"), now=MIDNIGHT - 1)


def test_participant_token_opens_no_picture(links: SignedLinks) -> None:
    token = jwt.encode({"aud": "participant", "sub": str(PICTURE), "exp": MIDNIGHT}, SECRET, "HS256")

    assert not links.verify(PICTURE, token, now=MIDNIGHT - 1)


def test_unsigned_token_is_refused(links: SignedLinks) -> None:
    token = jwt.encode({"aud": "evidence", "sub": str(PICTURE), "exp": MIDNIGHT}, key="", algorithm="none")

    assert not links.verify(PICTURE, token, now=MIDNIGHT - 1)


@pytest.mark.parametrize("signature", ["", "..", "a.b.c", "\0", "é", "\ud800", "a" * 100_000])
def test_malformed_signature_is_refused(links: SignedLinks, signature: str) -> None:
    assert not links.verify(PICTURE, signature)
