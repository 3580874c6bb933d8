"""Evidence in a directory of this machine."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedWriter
from pathlib import Path
from uuid import UUID

from shared.links import SignedLinks
from shared.stores.store import PictureGoneError, Stored, StoreError, object_key

PRIVATE = 0o700

MAX_UNFINISHED = 8
"""Copies of one picture: one is being written, the others were left by workers that were killed."""
UNFINISHED = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.[a-z]+)?#\d+")
MIN_UNFINISHED_SECONDS = 600
"""Nobody writes at a picture for so long: what is older was left behind."""


class LocalStore:
    """Keeps pictures in one directory, which the gateway serves to holders of a signed link.

    The directory is made private when it is made here; one that is there already keeps the mode its owner
    chose. Nothing is touched before the first call, so a gateway starts while the disk is away.

    A picture is written under another name, `{its name}#{number}`, and renamed when all of it is on the disk.
    A worker that is killed leaves such a file; its name can be told from the picture's, so that nobody has to
    list the directory to delete it.
    """

    is_served_by_gateway = True

    def __init__(self, directory: Path, links: SignedLinks) -> None:
        self._directory = directory
        self._links = links

    def put(self, evidence_id: UUID, picture: bytes, content_type: str) -> Stored:
        """Keep the picture; it is on the disk, not only in the page cache, when this returns."""
        name = object_key(evidence_id, content_type)
        with self._failures_explained():
            self._directory.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
            self._write(self._directory / name, picture)
        return Stored(reference=name, delete_hash=None)

    def create_link(self, evidence_id: UUID, stored: Stored) -> str:  # noqa: ARG002 - other stores need it
        """A signed link to the gateway's `/evidence/{id}`."""
        return self._links.create_link(evidence_id)

    def read(self, stored: Stored) -> bytes:
        """The picture, for the gateway to serve; PictureGoneError when there is none."""
        with self._failures_explained():
            path = self._path(stored.reference)
            try:
                return path.read_bytes()
            except FileNotFoundError as error:
                raise PictureGoneError(f"evidence {stored.reference} is no longer on the disk") from error

    def delete(self, stored: Stored) -> None:
        """Remove the picture, and what workers that were killed have written of it.

        Fails while the directory is away: it may come back, picture and all.
        """
        with self._failures_explained():
            path = self._path(stored.reference)
            # The unfinished first: a worker that is still writing one has nothing left to rename then.
            for leftover in (*_unfinished(path), path):
                leftover.unlink(missing_ok=True)
            _sync(self._directory)

    def delete_unfinished(self, older_than: float = MIN_UNFINISHED_SECONDS) -> int:
        """Remove what workers that were killed have left, and return how many files that were.

        Should a worker after all be writing one of them, its `put` fails, and is tried again.
        """
        deleted = 0
        limit = time.time() - older_than
        with self._failures_explained(), suppress(FileNotFoundError), os.scandir(self._directory) as files:
            for file in files:
                with suppress(FileNotFoundError):  # it was finished meanwhile
                    if UNFINISHED.fullmatch(file.name) and file.stat().st_mtime < limit:
                        Path(file).unlink()
                        deleted += 1
        return deleted

    def _write(self, path: Path, picture: bytes) -> None:
        with _open_unfinished(path) as file:
            try:
                file.write(picture)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        # What killed workers have left of it; one that still writes it fails, and finds it stored.
        for leftover in _unfinished(path):
            leftover.unlink(missing_ok=True)
        # The caller clears its copy next: a power cut must not lose ours.
        _sync(self._directory)

    def _path(self, name: str) -> Path:
        if not self._directory.is_dir():
            raise NotADirectoryError("it is not there")
        if Path(name).name != name:
            raise ValueError(f"{name!r} is no name of a picture")
        return self._directory / name

    @contextmanager
    def _failures_explained(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            raise StoreError(
                f"EVIDENCE_PATH {self._directory} must be a writable directory with free space: {error}"
            ) from error


def _unfinished(path: Path) -> list[Path]:
    return [path.with_name(f"{path.name}#{number}") for number in range(1, MAX_UNFINISHED + 1)]


def _open_unfinished(path: Path) -> BufferedWriter:
    for unfinished in _unfinished(path):
        with suppress(FileExistsError):
            return unfinished.open("xb")
    raise FileExistsError(f"{MAX_UNFINISHED} unfinished copies of {path.name} wait to be swept away")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
