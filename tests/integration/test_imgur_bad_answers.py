"""Imgur answers that can't be used: the picture is deleted and uploads pause."""

import gzip
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from uuid import uuid4

import httpx
import pytest

from dev.vendors import imgur as vendor
from dev.vendors.server import Answer
from shared.http.responses import MAX_BYTES
from shared.stores.imgur import ImgurStore
from shared.stores.store import StoreError, UnusableResponseError
from tests.support.exam import TWO_FACES
from tests.support.vendors.faulty_imgur import Distortion, FaultyImgur, with_body, with_data

HOUR = 3_600


@pytest.fixture
def imgur() -> Iterator[FaultyImgur]:
    with FaultyImgur(lambda answer: answer) as server:
        yield server


@pytest.fixture
def clock() -> list[float]:
    """The current time in its only element, set by the tests."""
    return [0.0]


@pytest.fixture
def store(imgur: FaultyImgur, clock: list[float]) -> Iterator[ImgurStore]:
    with httpx.Client(base_url=imgur.url, timeout=60) as client:
        yield ImgurStore("client-id", client, clock=lambda: clock[0])


put = partial(ImgurStore.put, evidence_id=uuid4(), picture=TWO_FACES, content_type="image/jpeg")

UNUSABLE_LINKS = [
    "http://127.0.0.1/a\0.jpg",
    "https://i.imgur.com/a.jpg\n",
    "https://i.imgur.com/\ud800.jpg",
    "https://i.imgur.com/\u202egpj.a",
    "https://i.imgur.com/" + "a" * 3_000,
    "https://i.imgur.com:99999/a.jpg",
    "https://:80/a.jpg",
    "https:///a.jpg",
    "ftp://i.imgur.com/a.jpg",
    " https://i.imgur.com/a.jpg",
    "",
    None,
    7,
    ["https://i.imgur.com/a.jpg"],
    {"href": "https://i.imgur.com/a.jpg"},
]


@pytest.mark.parametrize("link", UNUSABLE_LINKS, ids=lambda link: repr(link)[:40])
def test_picture_with_an_unusable_link_is_deleted(
    imgur: FaultyImgur, store: ImgurStore, link: object
) -> None:
    imgur.distort = with_data(link=link)

    with pytest.raises(UnusableResponseError, match=r"no usable link.*it was deleted") as refused:
        put(store)

    assert (imgur.uploads, imgur.pictures) == (1, {})
    assert refused.value.leftover is None
    assert str(refused.value).isprintable()


def test_unusable_answer_pauses_uploads_for_an_hour(
    imgur: FaultyImgur, store: ImgurStore, clock: list[float]
) -> None:
    imgur.distort = with_data(link=None)
    with pytest.raises(UnusableResponseError):
        put(store)

    for clock[0] in (0, HOUR - 1):
        with pytest.raises(StoreError, match="not sent") as refused:
            put(store)
        assert refused.value.retry_after == HOUR - clock[0]
    assert imgur.uploads == 1

    clock[0] = HOUR
    imgur.distort = lambda answer: answer
    put(store)
    assert len(imgur.pictures) == 1


@pytest.mark.parametrize("delete_hash", ["h\0", "h h", "", "\ud800", "h" * 3_000, 7, None, ["h"]], ids=repr)
def test_unusable_delete_hash_becomes_none(
    imgur: FaultyImgur, store: ImgurStore, delete_hash: object
) -> None:
    imgur.distort = with_data(deletehash=delete_hash)

    stored = put(store)

    assert stored.delete_hash is None
    assert stored.reference.startswith("http")


def test_failed_deletion_is_reported_for_later(imgur: FaultyImgur, store: ImgurStore) -> None:
    def distort_and_fail(answer: Answer) -> Answer:
        imgur.fault = vendor.SERVER_ERROR
        distorted = with_data(link=7)(answer)
        assert isinstance(distorted, Answer)
        return distorted

    imgur.distort = distort_and_fail
    with pytest.raises(UnusableResponseError, match="still to be deleted") as refused:
        put(store)

    [picture] = imgur.pictures.values()
    assert refused.value.leftover
    assert refused.value.leftover.delete_hash == picture.delete_hash
    imgur.fault = None
    store.delete(refused.value.leftover)
    assert imgur.pictures == {}


WRONG_BODIES = {
    "empty": with_body(""),
    "not UTF-8": with_body(b'{"success":true,"data":{"link":"\xff\xfe","deletehash":"h"}}'),
    "page": with_body("<html>so many visitors today</html>"),
    "half": with_body('{"success":true,"data":{"li'),
    "a number": with_body("7"),
    "deep": with_body("[" * 100_000),
    "long number": with_body("1" * 100_000),
    "no gzip": with_body('{"success":true}', Content_Encoding="gzip"),
    "half gzip": with_body(gzip.compress(b'{"success":true}' * 99)[:20], Content_Encoding="gzip"),
    "gzip bomb": with_body(gzip.compress(bytes(300_000_000), 1), Content_Encoding="gzip"),
    "unknown coding": with_body(b"\x8b\x01", Content_Encoding="br"),
    "bytes charset": with_body("<html>wait 7 more minutes", Content_Type="text/html; charset=hex"),
    "unknown charset": with_body("<html>", Content_Type="text/html; charset=\xff\0"[:-1]),
    "huge": with_body(b" " * 50_000_000),
    "shorter than stated": with_body("{}", Content_Length="1000"),
}


@pytest.mark.parametrize("distort", WRONG_BODIES.values(), ids=WRONG_BODIES)
def test_unreadable_answer_is_unusable_and_cheap(imgur: FaultyImgur, distort: Distortion) -> None:
    imgur.distort = distort
    with httpx.Client(base_url=imgur.url, timeout=5) as client:
        store = ImgurStore("client-id", client)
        tracemalloc.start()
        try:
            with pytest.raises(UnusableResponseError, match="200: no error message"):
                put(store)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    # The fake server runs in this process and itself holds up to 50 MB.
    assert peak < 20 * MAX_BYTES


def test_unrequested_gzip_is_decoded(imgur: FaultyImgur, store: ImgurStore) -> None:
    def zipped(answer: Answer) -> Answer:
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        return replace(answer, body=gzip.compress(body), headers={"Content-Encoding": "gzip"})

    imgur.distort = zipped

    assert httpx.get(put(store).reference).content == TWO_FACES
