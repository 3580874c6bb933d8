"""The Imgur store: each kind of refusal is a StoreError with Imgur's text and wait, and can be retried."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from uuid import uuid4

import httpx
import pytest

from dev.vendors import imgur as vendor
from dev.vendors.imgur import FakeImgur, upload_answer
from dev.vendors.server import Answer, NoAnswer
from shared.settings import Settings, StoreName
from shared.stores.imgur import ImgurStore
from shared.stores.imgur_limits import requested_pause
from shared.stores.open_store import open_store
from shared.stores.store import MAX_MESSAGE_LENGTH, Stored, StoreError

CLIENT_ID = "client-id-of-the-tests"
PICTURE = b"\xff\xd8 a picture"
NOW = 1_800_000_000.0
MINUTE, HOUR, DAY = 60, 3600, 86_400


class Clock:
    """A clock that the tests set."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def imgur() -> Iterator[FakeImgur]:
    with FakeImgur() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(imgur: FakeImgur, clock: Clock) -> Iterator[ImgurStore]:
    with httpx.Client(base_url=imgur.url, timeout=60) as client:
        yield ImgurStore(CLIENT_ID, client, clock=clock)


@pytest.mark.parametrize(
    ("answer", "words", "retry_after"),
    [
        (vendor.TOO_MANY_REQUESTS, "429: Daily client requests exceeded", None),
        (vendor.TOO_FAST, "429: You are uploading too fast. Please wait 37 more minutes.", 37 * MINUTE),
        (
            vendor.TOO_FAST_AS_400,
            "400: You are uploading too fast. Please wait 37 more minutes.",
            37 * MINUTE,
        ),
        (vendor.TOO_MANY_REQUESTS_PAGE, "429: no error message", None),
        (vendor.TOO_MANY_REQUESTS_LEGACY, "429: Too Many Requests", None),
        (replace(vendor.TOO_MANY_REQUESTS_PAGE, headers={"Retry-After": "90"}), "429: no error message", 90),
        (vendor.TOO_LARGE, "413: file is over the size limit", None),
        (vendor.FORBIDDEN, "400: These actions are forbidden.", None),
        (vendor.INVALID_CLIENT, "403: Invalid client_id", None),
        (vendor.OVER_CAPACITY, "403: Imgur is temporarily over capacity", None),
        (vendor.SERVER_ERROR, "500: no error message", None),
        (vendor.EMPTY, "200: no error message", None),
        (vendor.UNSUCCESSFUL_200, "200: Internal expletive", None),
        (vendor.SUCCESSFUL_500, "500: success in the body, but an error status", None),
        (vendor.NO_LINK, "no usable link", HOUR),
        (Answer(301, headers={"Location": "https://imgur.com/"}), "301: no error message", None),
        (Answer(200, "[" * 100_000), "200: no error message", None),
        (Answer(200, b'{"data": "\xff'), "200: no error message", None),
        (Answer(200, '{"data":{"link":"https://i.imgur.com/a.jpg"},"success":1}'), "no error message", None),
        (vendor.refusal(400, "so many words " * 1_000), "400: so many words", None),
    ],
)
def test_refusal_has_imgurs_text_and_can_be_retried(
    imgur: FakeImgur, store: ImgurStore, clock: Clock, answer: Answer, words: str, retry_after: float | None
) -> None:
    evidence_id = uuid4()
    imgur.fail_next(answer)

    with pytest.raises(StoreError) as refused:
        store.put(evidence_id, PICTURE, "image/jpeg")

    assert words in str(refused.value)
    assert CLIENT_ID not in str(refused.value)
    assert len(str(refused.value)) <= MAX_MESSAGE_LENGTH
    assert refused.value.retry_after == retry_after
    clock.seconds += retry_after or 0
    stored = store.put(evidence_id, PICTURE, "image/jpeg")
    assert httpx.get(stored.reference, timeout=60).content == PICTURE


def test_dropped_connection_is_a_store_error(imgur: FakeImgur, store: ImgurStore) -> None:
    imgur.fail_next(NoAnswer.CONNECTION_DROPPED)

    with pytest.raises(StoreError, match="no response from Imgur"):
        store.put(uuid4(), PICTURE, "image/jpeg")


def test_imgur_that_never_answers_times_out(imgur: FakeImgur) -> None:
    imgur.fail_next(NoAnswer.NEVER)

    with (
        httpx.Client(base_url=imgur.url, timeout=0.2) as client,
        pytest.raises(StoreError, match="ReadTimeout"),
    ):
        ImgurStore(CLIENT_ID, client).put(uuid4(), PICTURE, "image/jpeg")


def test_unreachable_imgur_is_a_store_error() -> None:
    # Nothing listens on port 1, which needs root.
    with (
        httpx.Client(base_url="http://127.0.0.1:1", timeout=60) as client,
        pytest.raises(StoreError, match="IMGUR_API_URL"),
    ):
        ImgurStore(CLIENT_ID, client).put(uuid4(), PICTURE, "image/jpeg")


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "data:text/html,hi", "//i.imgur.com/a.jpg", "https:", "https://[", "file:///a"],
)
def test_unsafe_link_is_refused(imgur: FakeImgur, store: ImgurStore, link: str) -> None:
    imgur.fail_next(upload_answer(link=link, deletehash="FQbXad5wfv1kGh3"))

    with pytest.raises(StoreError, match="no usable link") as refused:
        store.put(uuid4(), PICTURE, "image/jpeg")
    assert link not in str(refused.value)


def test_picture_without_delete_hash_cannot_be_deleted(imgur: FakeImgur, store: ImgurStore) -> None:
    imgur.fail_next(upload_answer(link="https://i.imgur.com/a.jpg"))

    stored = store.put(uuid4(), PICTURE, "image/jpeg")

    assert stored == Stored("https://i.imgur.com/a.jpg", None)
    with pytest.raises(StoreError, match="no delete hash"):
        store.delete(stored)


def test_published_picture_does_not_name_the_evidence(imgur: FakeImgur, store: ImgurStore) -> None:
    evidence_id = uuid4()

    stored = store.put(evidence_id, PICTURE, "image/png")

    assert str(evidence_id) not in store.create_link(evidence_id, stored)
    (picture,) = imgur.pictures.values()
    assert (picture.content, picture.content_type) == (PICTURE, "image/png")
    assert picture.delete_hash == stored.delete_hash


@pytest.mark.parametrize("answer", [vendor.SERVER_ERROR, vendor.OVER_CAPACITY, Answer(404, "no such page")])
def test_failed_deletion_is_an_error(imgur: FakeImgur, store: ImgurStore, answer: Answer) -> None:
    stored = store.put(uuid4(), PICTURE, "image/jpeg")
    imgur.fail_next(answer)

    with pytest.raises(StoreError):
        store.delete(stored)
    store.delete(stored)

    assert imgur.pictures == {}


def test_requested_pause_sends_no_requests(imgur: FakeImgur, store: ImgurStore, clock: Clock) -> None:
    imgur.fail_next(replace(vendor.TOO_MANY_REQUESTS, headers={"Retry-After": "600"}))
    with pytest.raises(StoreError):
        store.put(uuid4(), PICTURE, "image/jpeg")

    clock.seconds = 599
    with pytest.raises(StoreError, match="pause") as refused:
        store.put(uuid4(), PICTURE, "image/jpeg")
    assert refused.value.retry_after == 1
    assert imgur.requests == 1

    clock.seconds = 600
    store.put(uuid4(), PICTURE, "image/jpeg")
    assert imgur.requests == 2


def test_exhausted_upload_limit_starts_a_pause(imgur: FakeImgur, store: ImgurStore) -> None:
    used_up = {"X-Post-Rate-Limit-Remaining": "0", "X-Post-Rate-Limit-Reset": "3465"}
    imgur.fail_next(replace(upload_answer(link="https://i.imgur.com/a.jpg"), headers=used_up))
    store.put(uuid4(), PICTURE, "image/jpeg")

    with pytest.raises(StoreError, match="pause") as refused:
        store.put(uuid4(), PICTURE, "image/jpeg")

    assert refused.value.retry_after == 3465
    assert imgur.requests == 1


def test_client_id_with_trailing_newline_works(imgur: FakeImgur) -> None:
    with httpx.Client(base_url=imgur.url, timeout=60) as client:
        ImgurStore(f"{CLIENT_ID}\n", client).put(uuid4(), PICTURE, "image/jpeg")

    assert len(imgur.pictures) == 1


def test_one_store_is_safe_for_threads(imgur: FakeImgur, store: ImgurStore) -> None:
    pictures = [b"picture %d" % number for number in range(40)]

    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(lambda picture: store.put(uuid4(), picture, "image/jpeg"), pictures))

    assert [httpx.get(one.reference, timeout=60).content for one in stored] == pictures
    assert len(imgur.pictures) == 40


def test_old_imgur_evidence_is_visible_without_client_id(imgur: FakeImgur) -> None:
    store = open_store(StoreName.IMGUR, Settings(imgur_api_url=imgur.url))
    stored = Stored("https://i.imgur.com/a.jpg", "FQbXad5wfv1kGh3")

    assert store.create_link(uuid4(), stored) == "https://i.imgur.com/a.jpg"
    with pytest.raises(StoreError, match="set IMGUR_CLIENT_ID"):
        store.delete(stored)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "4"}, 4),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "99999999"}, DAY),
        ({"X-RateLimit-UserRemaining": "2000", "X-RateLimit-UserReset": "3600"}, None),
        ({"X-RateLimit-UserRemaining": "0", "X-RateLimit-UserReset": "3600"}, HOUR),
        ({"X-RateLimit-UserRemaining": "0", "X-RateLimit-UserReset": f"{NOW + 1200:.0f}"}, 1200),
        ({"X-RateLimit-UserRemaining": "0", "X-RateLimit-UserReset": f"{NOW - 1200:.0f}"}, 0),
        ({"X-RateLimit-UserRemaining": "9", "X-RateLimit-UserReset": "3600"}, HOUR),
        ({"X-RateLimit-ClientRemaining": "0"}, HOUR),
        ({"X-RateLimit-ClientRemaining": "0", "X-RateLimit-ClientReset": "86400"}, DAY),
        ({"X-Post-Rate-Limit-Remaining": "1", "X-Post-Rate-Limit-Reset": "3465"}, None),
        ({"X-Post-Rate-Limit-Remaining": "0", "X-Post-Rate-Limit-Reset": "3465"}, 3465),
        ({"X-Post-Rate-Limit-Remaining": "0", "X-Post-Rate-Limit-Reset": "3465", "Retry-After": "4"}, 3465),
        ({"X-Post-Rate-Limit-Remaining": "many", "X-Post-Rate-Limit-Reset": "3465"}, None),
    ],
)
def test_wait_is_read_from_every_kind_of_header(headers: dict[str, str], seconds: float | None) -> None:
    assert requested_pause(httpx.Response(429, headers=headers), NOW) == seconds


def test_wait_can_be_a_date() -> None:
    later = format_datetime(datetime.fromtimestamp(NOW, UTC) + timedelta(seconds=30), usegmt=True)

    assert requested_pause(httpx.Response(429, headers={"Retry-After": later}), NOW) == 30
