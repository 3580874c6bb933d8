"""Evidence in a directory of this machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

import obstore
from obstore.exceptions import BaseError

from shared.links import Links
from shared.stores.store import PictureGoneError, Stored, StoreError, key

PRIVATE = 0o700


class LocalStore:
    """Keeps pictures in one directory, which the gateway serves to holders of a signed link.

    The directory is made private when it is made here; one that is there already keeps the mode its owner
    chose. Nothing is touched before the first call, so a gateway starts while the disk is away.
    """

    def __init__(self, directory: Path, links: Links) -> None:
        self._directory = directory
        self._links = links

    def put(self, evidence_id: UUID, picture: bytes, content_type: str) -> Stored:
        """Keep the picture; it is on the disk, not only in the page cache, when this returns."""
        name = key(evidence_id, content_type)
        with self._failures_explained():
            self._directory.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
            obstore.put(self._files(), name, picture)
            # The caller clears its copy next: a power cut must not lose ours, and obstore does not sync.
            _sync(self._directory / name)
            _sync(self._directory)
        return Stored(reference=name, delete_hash=None)

    def link(self, evidence_id: UUID, stored: Stored) -> str:  # noqa: ARG002 - other stores need it
        """A signed link to the gateway's `/evidence/{id}`."""
        return self._links.link(evidence_id)

    def read(self, stored: Stored) -> bytes:
        """The picture, for the gateway to serve; PictureGoneError when there is none."""
        with self._failures_explained():
            try:
                return bytes(obstore.get(self._files(), stored.reference).bytes())
            except FileNotFoundError as error:
                raise PictureGoneError(f"evidence {stored.reference} is no longer on the disk") from error

    def delete(self, stored: Stored) -> None:
        """Remove the picture. Fails while the directory is away: it may come back, picture and all."""
        with self._failures_explained(), suppress(FileNotFoundError):
            obstore.delete(self._files(), stored.reference)

    def _files(self) -> obstore.store.LocalStore:
        return obstore.store.LocalStore(self._directory)

    @contextmanager
    def _failures_explained(self) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError, ValueError) as error:
            cause = str(error).partition("Debug source")[0]
            raise StoreError(
                f"EVIDENCE_PATH {self._directory} must be a writable directory with free space: {cause}"
            ) from error


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
