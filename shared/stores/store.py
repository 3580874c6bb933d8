"""What every evidence store can do, and the one way it fails."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from shared.http.responses import to_one_line

MAX_MESSAGE_LENGTH = 300
EXTENSIONS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}


@dataclass(frozen=True)
class Stored:
    """Where a store has put a picture: kept in Postgres, given back to the same store later."""

    reference: str
    """The store's own name for it: a key, or at Imgur the public address."""
    delete_hash: str | None
    """What Imgur wants to see before it deletes; None elsewhere."""


class StoreError(Exception):
    """A store could not do what it was asked; nothing is lost, try again later.

    The message is one short line, without secrets, that may be logged and shown to an admin.
    `retry_after` is the number of seconds the store asked to be left alone, None if it did not say.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(to_one_line(message, MAX_MESSAGE_LENGTH))
        self.retry_after = retry_after


class UnusableResponseError(StoreError):
    """The store took the picture, or may have, and its answer tells nobody where it is.

    Each further try may leave another copy. `left` is one that is known and could not be deleted at once.
    """

    def __init__(self, message: str, retry_after: float | None = None, left: Stored | None = None) -> None:
        super().__init__(message, retry_after)
        self.left = left


class PictureGoneError(StoreError):
    """The store answers, and has no such picture: trying again will not bring it back."""


class EvidenceStore(Protocol):
    """A place for pictures. Safe to share between threads; each call raises StoreError when it fails."""

    @property
    def is_served_by_gateway(self) -> bool:
        """Whether browsers get the picture from the gateway, which reads it; else `link` leads elsewhere."""

    def put(self, evidence_id: UUID, picture: bytes, content_type: str) -> Stored:
        """Keep the picture; once this returns it is safe to forget it. May be repeated."""

    def create_link(self, evidence_id: UUID, stored: Stored) -> str:
        """An address at which a browser sees the picture."""

    def read(self, stored: Stored) -> bytes | None:
        """Return the picture; None from a store that has it in public, where `link` is enough.

        Raises PictureGoneError if it was deleted.
        """

    def delete(self, stored: Stored) -> None:
        """Remove the picture; one that is already gone is no error."""

    def delete_unfinished(self) -> int:
        """Remove what interrupted uploads have left; return how many files that were."""


def object_key(evidence_id: UUID, content_type: str) -> str:
    """The name of a picture in the stores that let us choose it; the same on every attempt."""
    return f"{evidence_id}{EXTENSIONS.get(content_type, '')}"
