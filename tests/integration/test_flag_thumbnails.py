"""Thumbnails of the flagged list: small, private and deleted with their picture."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from uuid import UUID

import httpx
import pytest
from PIL import Image
from sqlalchemy import Engine, select, update

from dev.load.candidates import PICTURES
from shared.db.evidence import find_evidence, find_thumbnail
from shared.db.retention import mark_deleted
from shared.db.tables import Evidence
from shared.links import SignedLinks
from tests.conftest import SECRET
from tests.support.exam import TWO_FACES, CandidateClient, Exam, assert_problem
from tests.support.jobs import judge_frame
from tests.support.samples import THUMBNAIL, record_pending_evidence
from worker.frames.judging import Judging
from worker.frames.picture import decode
from worker.frames.thumbnail import encode_thumbnail

MOST_BYTES = 5_000


def open_link(client: httpx.Client, link: str) -> httpx.Response:
    url = httpx.URL(link)
    return client.get(url.path, params=url.params)


def test_thumbnail_is_not_logged_as_looking(exam: Exam, candidate: CandidateClient, judging: Judging) -> None:
    judge_frame(judging, UUID(candidate.submit_frame(TWO_FACES)))
    [flag] = exam.get_flags().json()["flags"]

    answer = open_link(exam.client, flag["thumbnail_url"])

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"].startswith("private")
    with Image.open(BytesIO(answer.content)) as thumbnail:
        assert max(thumbnail.size) <= 160
    assert "looked" not in {entry["action"] for entry in exam.get_audit_log()}
    assert open_link(exam.client, flag["img_url"]).content == TWO_FACES
    assert "looked" in {entry["action"] for entry in exam.get_audit_log()}


@pytest.mark.parametrize("name", [path.name for path in sorted(PICTURES.glob("*.jpg"))])
def test_thumbnail_is_at_most_five_kilobytes(name: str) -> None:
    picture = decode((PICTURES / name).read_bytes(), 10_000_000)

    assert len(encode_thumbnail(picture.small)) <= MOST_BYTES


def test_thumbnail_link_opens_nothing_else(
    exam: Exam, candidate: CandidateClient, judging: Judging, uploads: list[UUID], database: Engine
) -> None:
    judge_frame(judging, UUID(candidate.submit_frame(TWO_FACES)))
    [flag] = exam.get_flags().json()["flags"]
    signature = httpx.URL(flag["thumbnail_url"]).params["signature"]
    other = record_pending_evidence(database, datetime.now(UTC))
    expired = SignedLinks(SECRET, "", "thumbnails/flags").create_link(uploads[-1], now=1_700_000_000)

    for path in (f"/evidence/{uploads[-1]}", f"/thumbnails/{candidate.id}", f"/thumbnails/flags/{other}"):
        assert_problem(exam.client.get(path, params={"signature": signature}), 401)
    assert_problem(open_link(exam.client, expired), 401)


def test_thumbnail_is_deleted_with_its_picture(database: Engine) -> None:
    evidence_id = record_pending_evidence(database, datetime.now(UTC))
    assert find_thumbnail(database, evidence_id) == THUMBNAIL
    kept = find_evidence(database, evidence_id)
    assert kept

    mark_deleted(database, kept)

    assert find_thumbnail(database, evidence_id) is None


def test_thumbnail_is_erased_with_its_person(
    exam: Exam, flagged: Callable[[CandidateClient], UUID], database: Engine
) -> None:
    candidate = exam.join()
    evidence_id = flagged(candidate)
    [flag] = exam.get_flags().json()["flags"]

    exam.erase(candidate.id)

    assert_problem(open_link(exam.client, flag["thumbnail_url"]), 404)
    with database.connect() as connection:
        assert connection.scalar(select(Evidence.id).where(Evidence.id == evidence_id)) is None


def test_old_flag_without_thumbnail_has_no_link(
    exam: Exam, flagged: Callable[[CandidateClient], UUID], database: Engine
) -> None:
    evidence_id = flagged(exam.join())
    link = exam.get_flags().json()["flags"][0]["thumbnail_url"]
    with database.begin() as connection:
        connection.execute(update(Evidence).where(Evidence.id == evidence_id).values(thumbnail=None))

    [flag] = exam.get_flags().json()["flags"]

    assert flag["thumbnail_url"] is None
    assert flag["img_url"]
    assert_problem(open_link(exam.client, link), 404)


def test_deleted_picture_has_no_thumbnail_link(
    exam: Exam, flagged: Callable[[CandidateClient], UUID], database: Engine
) -> None:
    kept = find_evidence(database, flagged(exam.join()))
    assert kept
    mark_deleted(database, kept)

    [flag] = exam.get_flags().json()["flags"]

    assert (flag["img_url"], flag["thumbnail_url"]) == (None, None)
