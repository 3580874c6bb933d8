"""Evidence in a bucket of an S3-compatible service."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import obstore
from obstore.exceptions import BaseError

from shared.stores.store import PictureGoneError, Stored, StoreError, object_key

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

MAX_BYTES = 64 * 1024 * 1024
"""Far more than a frame may have; a larger object is not read into memory."""
LINK_LIFETIME = timedelta(minutes=15)
# The evidence queue retries for hours; these retries only cover a dropped connection.
RETRIES: "RetryConfig" = {"max_retries": 2, "retry_timeout": timedelta(seconds=30)}


class S3Store:
    """Stores pictures in a private bucket and creates presigned links.

    Credentials and region come from the standard `AWS_*` variables, which obstore reads. The bucket is in the
    path, not in the host, which AWS and all compatible servers accept. An empty endpoint means AWS.
    """

    is_served_by_gateway = False

    def __init__(self, bucket: str, endpoint: str) -> None:
        self._name = bucket
        config: S3Config = {"endpoint": endpoint} if endpoint else {}
        client: ClientConfig = {
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=5),
            "timeout": timedelta(seconds=30),
        }
        self._bucket = obstore.store.S3Store(
            bucket,
            config=config,
            client_options=client,
            retry_config=RETRIES,
            virtual_hosted_style_request=False,
        )

    def put(self, evidence_id: UUID, picture: bytes, content_type: str) -> Stored:
        """Store the picture under its evidence id."""
        name = object_key(evidence_id, content_type)
        with self._explain_errors():
            # A single request is atomic. A killed worker would leave parts of a multipart upload, which no
            # listing shows and nothing deletes.
            obstore.put(
                self._bucket,
                name,
                picture,
                attributes={"Content-Type": content_type},
                use_multipart=False,
            )
        return Stored(reference=name, delete_hash=None)

    def create_link(self, evidence_id: UUID, stored: Stored) -> str:  # noqa: ARG002 - the local store needs it
        """Return a presigned link, valid for 15 minutes."""
        with self._explain_errors():
            return obstore.sign(self._bucket, "GET", stored.reference, LINK_LIFETIME)

    def read(self, stored: Stored) -> bytes:
        """Return the picture. Raises PictureGoneError if it does not exist."""
        with self._explain_errors():
            try:
                result = obstore.get(self._bucket, stored.reference)
                if (size := result.meta["size"]) > MAX_BYTES:
                    raise ValueError(f"{stored.reference} has {size} bytes, too many for one of our pictures")
                return bytes(result.bytes())
            except FileNotFoundError as error:
                raise PictureGoneError(f"evidence {stored.reference} is no longer in S3") from error

    def delete(self, stored: Stored) -> None:
        """Delete the picture. A missing key is a success for S3 itself; a missing bucket is an error."""
        with self._explain_errors():
            obstore.delete(self._bucket, stored.reference)

    def delete_partial_files(self) -> int:
        """Do nothing: `put` is atomic."""
        return 0

    @contextmanager
    def _explain_errors(self) -> Iterator[None]:
        if not self._name:
            raise StoreError("this evidence is in S3: set EVIDENCE_S3_BUCKET to the bucket that holds it")
        try:
            yield
        except (BaseError, OSError, ValueError) as error:
            raise StoreError(
                f"S3 bucket {self._name} failed (EVIDENCE_S3_BUCKET, EVIDENCE_S3_ENDPOINT, AWS_*): "
                f"{_reason(str(error))}"
            ) from error


def _reason(error: str) -> str:
    # obstore's message is "Error performing PUT <URL> - <reason>". After the reason, a server may repeat the
    # signed request with the access key.
    short = error.partition("Debug source")[0].partition("</Message>")[0]
    return short.partition(" - ")[2] or short
