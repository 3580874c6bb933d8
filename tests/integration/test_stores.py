"""The contract of all evidence stores, on a real disk and over real HTTP."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from dev.vendors.imgur import FakeImgur
from dev.vendors.server import Answer, Call, Vendor
from shared.settings import Settings, StoreName
from shared.stores.open_store import open_store
from shared.stores.s3 import MAX_BYTES, S3Store
from shared.stores.store import EvidenceStore, PictureGoneError, Stored, StoreError
from tests.support.vendors.s3 import serve_s3

# Every byte value, and bytes that look like the end of a multipart field.
PICTURE = b"\xff\xd8" + bytes(range(256)) + b"\r\n--\r\n\r\n"


@dataclass(frozen=True)
class OpenStore:
    """A store, and a function that returns a picture as its viewers get it, or None."""

    store: EvidenceStore
    seen: Callable[[UUID, Stored], bytes | None]


def fetch(link: str) -> bytes | None:
    response = httpx.get(link, timeout=60)
    assert not response.is_success or response.headers["Content-Type"] == "image/jpeg"
    return response.content if response.is_success else None


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    with serve_s3() as url:
        yield url


@pytest.fixture
def s3_settings(s3_endpoint: str, aws_credentials: None) -> Settings:  # noqa: ARG001
    bucket = f"evidence-{uuid4()}"
    httpx.put(f"{s3_endpoint}/{bucket}", timeout=60).raise_for_status()
    return Settings(evidence_s3_bucket=bucket, evidence_s3_endpoint=s3_endpoint)


@pytest.fixture
def aws_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA-of-the-tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-the-tests")


@pytest.fixture
def local(tmp_path: Path) -> EvidenceStore:
    return open_store(StoreName.LOCAL, Settings(evidence_path=tmp_path / "data" / "evidence"))


@pytest.fixture
def opened_local(local: EvidenceStore) -> OpenStore:
    def seen(_: UUID, stored: Stored) -> bytes | None:
        try:
            return local.read(stored)
        except PictureGoneError:
            return None

    return OpenStore(local, seen)


@pytest.fixture
def opened_s3(s3_settings: Settings) -> OpenStore:
    store = open_store(StoreName.S3, s3_settings)
    return OpenStore(store, lambda evidence_id, stored: fetch(store.create_link(evidence_id, stored)))


@pytest.fixture
def opened_imgur() -> Iterator[OpenStore]:
    with FakeImgur() as imgur:
        store = open_store(StoreName.IMGUR, Settings(imgur_client_id="any", imgur_api_url=imgur.url))
        yield OpenStore(store, lambda evidence_id, stored: fetch(store.create_link(evidence_id, stored)))


@pytest.fixture(params=["opened_local", "opened_s3", "opened_imgur"])
def opened(request: pytest.FixtureRequest) -> OpenStore:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, OpenStore)
    return found


def test_stored_picture_comes_back_unchanged(opened: OpenStore) -> None:
    evidence_id = uuid4()

    stored = opened.store.put(evidence_id, PICTURE, "image/jpeg")

    assert opened.seen(evidence_id, stored) == PICTURE


def test_only_a_picture_without_public_link_is_read(opened: OpenStore) -> None:
    evidence_id = uuid4()
    stored = opened.store.put(evidence_id, PICTURE, "image/jpeg")
    is_public = opened.store.create_link(evidence_id, stored) == stored.reference

    assert opened.store.read(stored) == (None if is_public else PICTURE)
    assert not (is_public and opened.store.is_served_by_gateway)
    assert opened.store.delete_partial_files() == 0


def test_storing_a_picture_twice_is_idempotent(opened: OpenStore) -> None:
    evidence_id = uuid4()
    opened.store.put(evidence_id, PICTURE, "image/jpeg")

    again = opened.store.put(evidence_id, PICTURE, "image/jpeg")

    assert opened.seen(evidence_id, again) == PICTURE


def test_deleting_removes_only_that_picture(opened: OpenStore) -> None:
    gone, kept = uuid4(), uuid4()
    stored_gone = opened.store.put(gone, PICTURE, "image/jpeg")
    stored_kept = opened.store.put(kept, PICTURE, "image/jpeg")

    opened.store.delete(stored_gone)

    assert opened.seen(gone, stored_gone) is None
    assert opened.seen(kept, stored_kept) == PICTURE


def test_deleting_twice_is_idempotent(opened: OpenStore) -> None:
    stored = opened.store.put(uuid4(), PICTURE, "image/jpeg")

    opened.store.delete(stored)
    opened.store.delete(stored)


def test_unsigned_s3_link_is_refused(opened_s3: OpenStore) -> None:
    evidence_id = uuid4()
    stored = opened_s3.store.put(evidence_id, PICTURE, "image/jpeg")
    unsigned = opened_s3.store.create_link(evidence_id, stored).partition("?")[0]

    assert httpx.get(unsigned, timeout=60).status_code == 403


def test_s3_picture_can_be_read_until_deleted(opened_s3: OpenStore) -> None:
    store = opened_s3.store
    assert isinstance(store, S3Store)
    stored = store.put(uuid4(), PICTURE, "image/jpeg")

    assert store.read(stored) == PICTURE

    store.delete(stored)
    with pytest.raises(PictureGoneError):
        store.read(stored)


class EndlessS3(Vendor):
    """Announces a picture larger than we accept."""

    def answer(self, call: Call) -> Answer:
        large = {"Content-Length": str(MAX_BYTES + 1), "Content-Type": "image/jpeg"}
        dated = {"Last-Modified": "Thu, 26 Nov 2026 00:00:00 GMT", "ETag": '"tag"'}
        return Answer(200 if call.method == "GET" else 404, "", large | dated)


def test_huge_s3_answer_is_not_read_into_memory(aws_credentials: None) -> None:  # noqa: ARG001
    with EndlessS3() as server, pytest.raises(StoreError, match="too many for one of our pictures"):
        S3Store("evidence", server.url).read(Stored("picture.jpg", None))


def test_unreachable_s3_is_a_store_error(aws_credentials: None) -> None:  # noqa: ARG001
    # Nothing listens on port 1, which needs root.
    store = S3Store("evidence", "http://127.0.0.1:1")

    with pytest.raises(StoreError, match="EVIDENCE_S3_ENDPOINT"):
        store.put(uuid4(), PICTURE, "image/jpeg")
    with pytest.raises(StoreError):
        store.delete(Stored("picture.jpg", None))


def test_missing_s3_bucket_is_named(s3_endpoint: str, aws_credentials: None) -> None:  # noqa: ARG001
    store = S3Store("no-such-bucket", s3_endpoint)

    with pytest.raises(StoreError, match=r"no-such-bucket failed .*NoSuchBucket"):
        store.put(uuid4(), PICTURE, "image/jpeg")
    with pytest.raises(StoreError):
        store.delete(Stored("picture.jpg", None))


def test_old_s3_evidence_names_the_missing_setting() -> None:
    store = open_store(StoreName.S3, Settings())

    with pytest.raises(StoreError, match="set EVIDENCE_S3_BUCKET"):
        store.create_link(uuid4(), Stored("picture.jpg", None))
