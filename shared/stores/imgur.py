"""Evidence at Imgur, where anyone who has the link can see it."""

import time
from collections.abc import Callable
from typing import NoReturn, TypeGuard
from urllib.parse import quote, urlsplit
from uuid import UUID

import httpx

from shared.http.responses import is_visible_ascii, read_json, send
from shared.stores.imgur_limits import HOUR, requested_pause
from shared.stores.store import Stored, StoreError, UnusableResponseError

MAX_LINK_LENGTH = 2_000
NO_LINK = ""
"""The reference of a picture that is only to be deleted."""


class ImgurStore:
    """Uploads pictures anonymously through Imgur's API v3.

    `client` has the API's base URL and is closed by its owner. `clock` is a monotonic clock in seconds, which
    measures the pauses that Imgur asks for.
    """

    is_served_by_gateway = False

    def __init__(
        self, client_id: str, client: httpx.Client, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        # A secret read from a file often ends with a newline, which is invalid in a header.
        self._client_id = client_id.strip()
        self._client = client
        self._clock = clock
        self._paused_until = clock()
        self._uploads_paused_until = clock()

    def put(self, evidence_id: UUID, picture: bytes, content_type: str) -> Stored:  # noqa: ARG002
        """Upload the picture. Each call creates a new copy.

        The evidence id is not sent, as Imgur would publish it as the picture's name.
        """
        self._check_pause(self._uploads_paused_until, "not sent: Imgur's last responses were unusable")
        upload = {"image": ("evidence", picture, content_type)}
        data = _data(self._send("POST", "/3/image", files=upload))
        image = data if isinstance(data, dict) else {}
        link, delete_hash = image.get("link"), image.get("deletehash")
        if not is_visible_ascii(delete_hash):
            delete_hash = None
        if not _is_web_address(link, self._client.base_url.scheme):
            self._reject_upload(delete_hash)
        # Even without a delete hash: another upload would only add a second copy that can't be deleted.
        return Stored(link, delete_hash)

    def _reject_upload(self, delete_hash: str | None) -> NoReturn:
        """Delete a picture without a usable link, and pause uploads: the next would most likely fail too."""
        self._uploads_paused_until = self._clock() + HOUR
        problem = "Imgur accepted the picture but returned no usable link"
        if delete_hash is None:
            raise UnusableResponseError(f"{problem} and no delete hash: a copy stays there", HOUR)
        leftover = Stored(NO_LINK, delete_hash)
        try:
            self.delete(leftover)
        except StoreError as error:
            raise UnusableResponseError(
                f"{problem}; it is still to be deleted: {error}", HOUR, leftover
            ) from error
        raise UnusableResponseError(f"{problem}; it was deleted there", HOUR)

    def create_link(self, evidence_id: UUID, stored: Stored) -> str:  # noqa: ARG002 - other stores need it
        """Return the public URL."""
        return stored.reference

    def read(self, stored: Stored) -> None:
        """Return None: the link is public."""

    def delete(self, stored: Stored) -> None:
        """Delete the picture from Imgur."""
        if stored.delete_hash is None:
            raise StoreError("Imgur returned no delete hash for this picture: ask its support to delete it")
        response = self._send("DELETE", f"/3/image/{quote(stored.delete_hash, safe='')}")
        if not _is_gone(response):
            _data(response)

    def delete_partial_files(self) -> int:
        """Do nothing: Imgur keeps no partial uploads."""
        return 0

    def _check_pause(self, until: float, reason: str) -> None:
        if (pause := until - self._clock()) > 0:
            raise StoreError(reason, pause)

    def _send(
        self, method: str, path: str, files: dict[str, tuple[str, bytes, str]] | None = None
    ) -> httpx.Response:
        if not self._client_id:
            raise StoreError("this evidence is at Imgur: set IMGUR_CLIENT_ID to the app that uploaded it")
        # Imgur blocks an app for the rest of the month if it ignores the requested pause.
        self._check_pause(self._paused_until, "not sent: Imgur has asked for a pause")
        headers = {"Authorization": f"Client-ID {self._client_id}"}
        try:
            response = send(self._client, method, path, files=files, headers=headers)
        except httpx.HTTPError as error:
            raise StoreError(
                f"no response from Imgur (IMGUR_API_URL): {type(error).__name__} {error}"
            ) from error
        if (pause := requested_pause(response, time.time())) is not None:
            self._paused_until = self._clock() + pause
        return response


def _data(response: httpx.Response) -> object:
    """Return the `data` of a success. Raises StoreError for all else, such as error pages of proxies."""
    body = read_json(response)
    match body:
        case {"success": True, "data": data} if response.is_success:
            return data
    pause = requested_pause(response, time.time())
    reason = _error_message(body)
    message = f"Imgur answered {response.status_code}: {reason or 'no error message'}"
    if response.is_success and reason is None:
        raise UnusableResponseError(message, pause)
    raise StoreError(message, pause)


def _error_message(body: object) -> str | None:
    match body:
        case {"data": {"error": {"message": str(message)}}} | {"data": {"error": str(message)}}:
            return message
        case {"errors": [{"detail": str(message)}, *_]} | {"detail": str(message)}:
            return message
        case {"success": True}:
            return "success in the body, but an error status"
        case {"success": False}:
            return "no success"
        case _:
            return None


def _is_gone(response: httpx.Response) -> bool:
    # A 404 without Imgur's JSON comes from another server and says nothing about the picture.
    match read_json(response):
        case {"success": False}:
            return response.status_code == httpx.codes.NOT_FOUND
    return False


def _is_web_address(link: object, scheme: str) -> TypeGuard[str]:
    """Whether it is an `https` URL, or `http` if the API's own URL is."""
    if not is_visible_ascii(link, MAX_LINK_LENGTH):
        return False
    try:
        parts = urlsplit(link)
        return parts.scheme in {"https", scheme} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # unbalanced brackets, or a port that is not a number
        return False
