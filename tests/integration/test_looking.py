"""Admins see who else has a candidate's page open, across gateways."""

from collections.abc import Iterator

import httpx
import pytest

from api.live.protocol import MAX_NAME_CHARS
from tests.support.exam import CandidateClient, Exam
from tests.support.ws_client import WsClient, authenticated_connection


@pytest.fixture
def sam(exam: Exam) -> Iterator[WsClient]:
    with authenticated_connection(exam.client, exam.id, exam.admin_key) as page:
        yield page


@pytest.fixture
def ann(exam: Exam, second_gateway: httpx.Client) -> Iterator[WsClient]:
    """Connected to another gateway than Sam."""
    with authenticated_connection(second_gateway, exam.id, exam.admin_key) as page:
        yield page


def look(page: WsClient, participant_id: str | None, name: str | None = None) -> None:
    page.send({"type": "looking", "participant_id": participant_id, "name": name})


def test_other_admins_see_who_is_looking(sam: WsClient, ann: WsClient, candidate: CandidateClient) -> None:
    look(sam, candidate.id, "Sam")

    notice = ann.receive("looking")
    assert (notice["participant_id"], notice["name"]) == (candidate.id, "Sam")

    look(sam, None)
    assert ann.receive("looking") == notice | {"participant_id": None, "name": None}


def test_looking_ends_with_the_connection(exam: Exam, ann: WsClient, candidate: CandidateClient) -> None:
    with authenticated_connection(exam.client, exam.id, exam.admin_key) as page:
        look(page, candidate.id)
        viewer = ann.receive("looking")["viewer"]

    gone = ann.receive("looking")
    assert (gone["viewer"], gone["participant_id"]) == (viewer, None)


def test_looking_is_not_sent_back_nor_to_others(
    exam: Exam, sam: WsClient, candidate: CandidateClient, ann: WsClient
) -> None:
    other = Exam.create(exam.client)
    with (
        authenticated_connection(other.client, other.id, other.admin_key) as stranger,
        authenticated_connection(exam.client, exam.id, candidate.token) as seen,
    ):
        look(sam, candidate.id, "Sam")
        ann.receive("looking")
        exam.send_message("Begin.").raise_for_status()
        other.send_message("Wait.").raise_for_status()

        assert sam.receive("sent")["text"] == "Begin."
        assert seen.receive("message")["text"] == "Begin."
        assert stranger.receive("sent")["text"] == "Wait."


def test_too_long_name_is_refused(sam: WsClient, candidate: CandidateClient) -> None:
    look(sam, candidate.id, "x" * (MAX_NAME_CHARS + 1))

    assert "name" in sam.receive("error")["detail"]
