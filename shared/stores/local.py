"""Evidence in a local directory."""

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

DIRECTORY_MODE = 0o700

MAX_PARTIAL_FILES = 8
"""Temporary files of one picture: one is being written, the others were left by killed workers."""
PARTIAL_FILE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.[a-z]+)?#\d+")
PARTIAL_FILE_SECONDS = 600
"""Writing a picture never takes this long: an older temporary file was left by a killed worker."""


class LocalStore:
    """Stores pictures in one directory, which the gateway serves to holders of a signed link.

    A directory created here is private; an existing one keeps its mode. Nothing is accessed before the first
    call, so a gateway can start while the disk is unavailable.

    A picture is written to a temporary file, `{name}#{number}`, and renamed when it is on the disk. A killed
    worker leaves such a file; since its name follows from the picture's, deleting it needs no listing.
    """

    is_served_by_gateway = True

    def __init__(self, directory: Path, links: SignedLinks) -> None:
        self._directory = directory
        self._links = links

    def put(self, evidence_id: UUID, picture: bytes, content_type: str) -> Stored:
        """Store the picture; when this returns it is on the disk, not only in the page cache."""
        name = object_key(evidence_id, content_type)
        with self._explain_errors():
            self._directory.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
            self._write(self._directory / name, picture)
        return Stored(reference=name, delete_hash=None)

    def create_link(self, evidence_id: UUID, stored: Stored) -> str:  # noqa: ARG002 - other stores need it
        """Return a signed link to the gateway's `/evidence/{id}`."""
        return self._links.create_link(evidence_id)

    def read(self, stored: Stored) -> bytes:
        """Return the picture. Raises PictureGoneError if it does not exist."""
        with self._explain_errors():
            path = self._path(stored.reference)
            try:
                return path.read_bytes()
            except FileNotFoundError as error:
                raise PictureGoneError(f"evidence {stored.reference} is no longer on the disk") from error

    def delete(self, stored: Stored) -> None:
        """Delete the picture and its temporary files.

        Raises StoreError if the directory is missing: it may be a disk that is mounted again later.
        """
        with self._explain_errors():
            path = self._path(stored.reference)
            # Temporary files first, so that a worker that is still writing can't rename one afterwards.
            for leftover in (*_partial_files(path), path):
                leftover.unlink(missing_ok=True)
            _sync(self._directory)

    def delete_partial_files(self, older_than: float = PARTIAL_FILE_SECONDS) -> int:
        """Delete temporary files older than `older_than` seconds; return their number.

        If a worker is still writing one, its `put` fails and is retried.
        """
        deleted = 0
        limit = time.time() - older_than
        with self._explain_errors(), suppress(FileNotFoundError), os.scandir(self._directory) as files:
            for file in files:
                with suppress(FileNotFoundError):  # it was renamed meanwhile
                    if PARTIAL_FILE.fullmatch(file.name) and file.stat().st_mtime < limit:
                        Path(file).unlink()
                        deleted += 1
        return deleted

    def _write(self, path: Path, picture: bytes) -> None:
        with _open_partial_file(path) as file:
            try:
                file.write(picture)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        # Left by killed workers. A worker that is still writing one fails, and its retry finds it stored.
        for leftover in _partial_files(path):
            leftover.unlink(missing_ok=True)
        # The caller clears its copy next, so ours must survive a power cut.
        _sync(self._directory)

    def _path(self, name: str) -> Path:
        if not self._directory.is_dir():
            raise NotADirectoryError("it does not exist")
        if Path(name).name != name:
            raise ValueError(f"{name!r} is not the name of a picture")
        return self._directory / name

    @contextmanager
    def _explain_errors(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            raise StoreError(
                f"EVIDENCE_PATH {self._directory} must be a writable directory with free space: {error}"
            ) from error


def _partial_files(path: Path) -> list[Path]:
    return [path.with_name(f"{path.name}#{number}") for number in range(1, MAX_PARTIAL_FILES + 1)]


def _open_partial_file(path: Path) -> BufferedWriter:
    for partial in _partial_files(path):
        with suppress(FileExistsError):
            return partial.open("xb")
    raise FileExistsError(f"{path.name} has {MAX_PARTIAL_FILES} temporary files already")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
