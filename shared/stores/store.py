"""The interface of evidence stores, and their errors."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from shared.http.responses import to_one_line

MAX_MESSAGE_LENGTH = 300
EXTENSIONS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}


@dataclass(frozen=True)
class Stored:
    """Where a picture is in a store: recorded in Postgres, passed to the same store later."""

    reference: str
    """The object's key; for Imgur its public URL."""
    delete_hash: str | None
    """Needed to delete the picture at Imgur; None for other stores."""


class StoreError(Exception):
    """A store's operation failed without loss and may be retried.

    The message is one short line without secrets that may be logged and shown to an admin.
    `retry_after` is the number of seconds the store asked to wait, None if it did not say.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(to_one_line(message, MAX_MESSAGE_LENGTH))
        self.retry_after = retry_after


class UnusableResponseError(StoreError):
    """The store may have accepted the picture, but its response does not say where it is.

    Each retry may leave another copy. `leftover` is a known copy that could not be deleted at once.
    """

    def __init__(
        self, message: str, retry_after: float | None = None, leftover: Stored | None = None
    ) -> None:
        super().__init__(message, retry_after)
        self.leftover = leftover


class PictureGoneError(StoreError):
    """The store has no such picture; a retry does not help."""


class EvidenceStore(Protocol):
    """A store for pictures. Thread-safe; each call raises StoreError if it fails."""

    @property
    def is_served_by_gateway(self) -> bool:
        """Whether browsers get the picture from the gateway, which calls `read`."""

    def put(self, evidence_id: UUID, picture: bytes, content_type: str) -> Stored:
        """Store the picture durably. May be repeated."""

    def create_link(self, evidence_id: UUID, stored: Stored) -> str:
        """Return a URL at which a browser can load the picture."""

    def read(self, stored: Stored) -> bytes | None:
        """Return the picture; None from a store whose links are public.

        Raises PictureGoneError if it was deleted.
        """

    def delete(self, stored: Stored) -> None:
        """Delete the picture. Idempotent."""

    def delete_partial_files(self) -> int:
        """Delete what interrupted uploads have left; return the number of files."""


def object_key(evidence_id: UUID, content_type: str) -> str:
    """Return the picture's name in stores that let us choose it; the same for every attempt."""
    return f"{evidence_id}{EXTENSIONS.get(content_type, '')}"
