"""The local store: a private directory without partial files."""

import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from shared.links import SignedLinks
from shared.stores.local import LocalStore
from shared.stores.store import PictureGoneError, Stored, StoreError

PICTURE = b"\xff\xd8" + b"a picture" * 1_000


@pytest.fixture
def links() -> SignedLinks:
    return SignedLinks("a secret of the tests, 32 characters or more", "https://exam.example", "evidence")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


@pytest.fixture
def store(directory: Path, links: SignedLinks) -> LocalStore:
    return LocalStore(directory, links)


@contextmanager
def limit_file_size(size: int) -> Iterator[None]:
    """Make writing a file beyond `size` bytes fail as on a full disk, also for root."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_directory_is_private_to_its_owner(store: LocalStore, directory: Path) -> None:
    store.put(uuid4(), PICTURE, "image/jpeg")

    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_link_is_signed_for_its_picture(store: LocalStore, links: SignedLinks) -> None:
    evidence_id = uuid4()
    link = store.create_link(evidence_id, store.put(evidence_id, PICTURE, "image/jpeg"))

    address, _, signature = link.partition("?signature=")

    assert address == f"https://exam.example/evidence/{evidence_id}"
    assert links.verify(evidence_id, signature)


@pytest.mark.parametrize(
    ("content_type", "ending"),
    [("image/jpeg", ".jpg"), ("image/png", ".png"), ("image/webp", ".webp"), ("image/other", "")],
)
def test_pictures_of_every_type_are_stored(store: LocalStore, content_type: str, ending: str) -> None:
    evidence_id = uuid4()

    stored = store.put(evidence_id, PICTURE, content_type)

    assert stored.reference == f"{evidence_id}{ending}"
    assert store.read(stored) == PICTURE


def test_full_disk_leaves_no_partial_file_and_can_be_retried(store: LocalStore, directory: Path) -> None:
    evidence_id = uuid4()

    with limit_file_size(1_000), pytest.raises(StoreError, match="free space"):
        store.put(evidence_id, PICTURE, "image/jpeg")

    assert list(directory.iterdir()) == []
    assert store.read(store.put(evidence_id, PICTURE, "image/jpeg")) == PICTURE


def test_file_in_place_of_the_directory_is_an_error(store: LocalStore, directory: Path) -> None:
    directory.write_text("in the way")

    with pytest.raises(StoreError, match=r"EVIDENCE_PATH .*/evidence must be a writable directory"):
        store.put(uuid4(), PICTURE, "image/jpeg")


def test_missing_directory_is_not_a_missing_picture(store: LocalStore, directory: Path) -> None:
    stored = store.put(uuid4(), PICTURE, "image/jpeg")
    directory.rename(directory.with_name("unmounted"))

    with pytest.raises(StoreError):
        store.delete(stored)
    with pytest.raises(StoreError) as reading:
        store.read(stored)
    assert not isinstance(reading.value, PictureGoneError)

    directory.with_name("unmounted").rename(directory)
    assert store.read(stored) == PICTURE


def test_reference_cannot_leave_the_directory(store: LocalStore, directory: Path) -> None:
    store.put(uuid4(), PICTURE, "image/jpeg")
    outside = directory.with_name("outside.jpg")
    outside.write_bytes(PICTURE)

    with pytest.raises(StoreError):
        store.read(Stored("../outside.jpg", None))
