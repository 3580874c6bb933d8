"""Evidence in a bucket of any S3-compatible service."""

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
"""Many times as much as a frame may have: what is larger is not read into memory."""
LINK_LIFE = timedelta(minutes=15)
# The evidence queue tries again for hours; here a try only has to outlive a dropped connection.
RETRIES: "RetryConfig" = {"max_retries": 2, "retry_timeout": timedelta(seconds=30)}


class S3Store:
    """Keeps pictures in a private bucket and hands out presigned links.

    Credentials and region come from the usual `AWS_*` variables, which obstore reads itself. The bucket is
    named in the path, not in the host, as AWS and every compatible server understand. An empty endpoint
    means AWS.
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
        """Keep the picture under its evidence id."""
        name = object_key(evidence_id, content_type)
        with self._failures_explained():
            # In one request, which S3 takes whole or not at all. Of an upload in parts a killed worker would
            # leave parts, which no listing shows and nobody deletes.
            obstore.put(
                self._bucket,
                name,
                picture,
                attributes={"Content-Type": content_type},
                use_multipart=False,
            )
        return Stored(reference=name, delete_hash=None)

    def create_link(self, evidence_id: UUID, stored: Stored) -> str:  # noqa: ARG002 - the local store needs it
        """A presigned link that works for 15 minutes."""
        with self._failures_explained():
            return obstore.sign(self._bucket, "GET", stored.reference, LINK_LIFE)

    def read(self, stored: Stored) -> bytes:
        """The picture; PictureGoneError when there is none."""
        with self._failures_explained():
            try:
                answer = obstore.get(self._bucket, stored.reference)
                if (size := answer.meta["size"]) > MAX_BYTES:
                    raise ValueError(f"{stored.reference} has {size} bytes, and is no picture of ours")
                return bytes(answer.bytes())
            except FileNotFoundError as error:
                raise PictureGoneError(f"evidence {stored.reference} is no longer in S3") from error

    def delete(self, stored: Stored) -> None:
        """Remove the picture; S3 itself calls a missing key a success, so a missing bucket stays an error."""
        with self._failures_explained():
            obstore.delete(self._bucket, stored.reference)

    def delete_unfinished(self) -> int:
        """Nothing to do: `put` is one request, which leaves a whole picture or nothing."""
        return 0

    @contextmanager
    def _failures_explained(self) -> Iterator[None]:
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
    # obstore says "Error performing PUT <address> - <reason>"; after the reason's message, a server may
    # repeat the signed request, access key and all.
    short = error.partition("Debug source")[0].partition("</Message>")[0]
    return short.partition(" - ")[2] or short
