"""The small pictures of the flagged list: cheap, private, and gone with the picture they are of."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from uuid import UUID

import httpx
import pytest
from PIL import Image
from sqlalchemy import Engine, select, update

from dev.load.candidates import PICTURES
from shared.db.evidence import find_evidence, find_thumbnail, mark_deleted
from shared.db.tables import Evidence
from shared.links import Links
from tests.conftest import SECRET
from tests.support.exam import TWO_FACES, Exam, Seat, assert_problem
from tests.support.samples import THUMBNAIL, recorded
from worker.frames.judging import Judging
from worker.frames.picture import decode
from worker.frames.thumbnail import encode_thumbnail

MOST_BYTES = 5_000


def open_link(client: httpx.Client, link: str) -> httpx.Response:
    url = httpx.URL(link)
    return client.get(url.path, params=url.params)


def test_reading_the_list_is_not_looking(room: Exam, seat: Seat, judging: Judging) -> None:
    judging.judge_frame(UUID(seat.accepted(TWO_FACES)))
    [flag] = room.flags().json()["flags"]

    answer = open_link(room.client, flag["thumbnail_url"])

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"].startswith("private")
    with Image.open(BytesIO(answer.content)) as thumbnail:
        assert max(thumbnail.size) <= 160
    assert "looked" not in {entry["action"] for entry in room.audit()}
    assert open_link(room.client, flag["img_url"]).content == TWO_FACES
    assert "looked" in {entry["action"] for entry in room.audit()}


@pytest.mark.parametrize("name", [path.name for path in sorted(PICTURES.glob("*.jpg"))])
def test_a_thumbnail_is_at_most_five_kilobytes(name: str) -> None:
    picture = decode((PICTURES / name).read_bytes(), 10_000_000)

    assert len(encode_thumbnail(picture.small)) <= MOST_BYTES


def test_a_thumbnails_link_opens_nothing_else(
    room: Exam, seat: Seat, judging: Judging, uploads: list[UUID], database: Engine
) -> None:
    judging.judge_frame(UUID(seat.accepted(TWO_FACES)))
    [flag] = room.flags().json()["flags"]
    signature = httpx.URL(flag["thumbnail_url"]).params["signature"]
    other = recorded(database, datetime.now(UTC))
    expired = Links(SECRET, "", "thumbnails/flags").link(uploads[-1], now=1_700_000_000)

    for path in (f"/evidence/{uploads[-1]}", f"/thumbnails/{seat.id}", f"/thumbnails/flags/{other}"):
        assert_problem(room.client.get(path, params={"signature": signature}), 401)
    assert_problem(open_link(room.client, expired), 401)


def test_a_thumbnail_is_deleted_with_its_picture(database: Engine) -> None:
    evidence_id = recorded(database, datetime.now(UTC))
    assert find_thumbnail(database, evidence_id) == THUMBNAIL
    kept = find_evidence(database, evidence_id)
    assert kept

    mark_deleted(database, kept)

    assert find_thumbnail(database, evidence_id) is None


def test_a_thumbnail_is_erased_with_its_person(
    room: Exam, flagged: Callable[[Seat], UUID], database: Engine
) -> None:
    seat = room.join()
    evidence_id = flagged(seat)
    [flag] = room.flags().json()["flags"]

    room.erase(seat.id)

    assert_problem(open_link(room.client, flag["thumbnail_url"]), 404)
    with database.connect() as connection:
        assert connection.scalar(select(Evidence.id).where(Evidence.id == evidence_id)) is None


def test_a_flag_of_before_there_were_thumbnails_has_none(
    room: Exam, flagged: Callable[[Seat], UUID], database: Engine
) -> None:
    evidence_id = flagged(room.join())
    link = room.flags().json()["flags"][0]["thumbnail_url"]
    with database.begin() as connection:
        connection.execute(update(Evidence).where(Evidence.id == evidence_id).values(thumbnail=None))

    [flag] = room.flags().json()["flags"]

    assert flag["thumbnail_url"] is None
    assert flag["img_url"]
    assert_problem(open_link(room.client, link), 404)


def test_a_deleted_picture_has_no_thumbnail_in_the_list(
    room: Exam, flagged: Callable[[Seat], UUID], database: Engine
) -> None:
    kept = find_evidence(database, flagged(room.join()))
    assert kept
    mark_deleted(database, kept)

    [flag] = room.flags().json()["flags"]

    assert (flag["img_url"], flag["thumbnail_url"]) == (None, None)
