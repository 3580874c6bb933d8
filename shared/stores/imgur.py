"""Evidence at Imgur, where anyone who has the link sees it."""

import time
from collections.abc import Callable
from typing import NoReturn, TypeGuard
from urllib.parse import quote, urlsplit
from uuid import UUID

import httpx

from shared.http.responses import is_visible_ascii, read_json, send
from shared.stores.imgur_limits import HOUR, requested_pause
from shared.stores.store import Stored, StoreError, UnusableResponseError

LONGEST_LINK = 2_000
NO_LINK = ""
"""The reference of a picture that can only be deleted."""


class ImgurStore:
    """Uploads pictures anonymously through Imgur's API v3.

    `client` has the API's address; whoever opened it closes it. `clock` counts seconds from anywhere; it is
    only there to measure how long Imgur asked to be left alone.
    """

    is_served_by_gateway = False

    def __init__(
        self, client_id: str, client: httpx.Client, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        # A secret read from a file often ends in a newline: no header may hold it, and the error quotes it.
        self._client_id = client_id.strip()
        self._client = client
        self._clock = clock
        self._quiet_until = clock()
        self._no_upload_until = clock()

    def put(self, evidence_id: UUID, picture: bytes, content_type: str) -> Stored:  # noqa: ARG002
        """Upload the picture. Repeated, it leaves two copies there, of which the last one is returned.

        The evidence id is not sent: Imgur would publish it as the picture's name.
        """
        self._check_pause(self._no_upload_until, "not sent: Imgur's answers can't be used just now")
        upload = {"image": ("evidence", picture, content_type)}
        data = _data(self._send("POST", "/3/image", files=upload))
        about = data if isinstance(data, dict) else {}
        link, delete_hash = about.get("link"), about.get("deletehash")
        if not is_visible_ascii(delete_hash):
            delete_hash = None
        if not _is_web_address(link, self._client.base_url.scheme):
            self._give_back(delete_hash)
        # Without its hash a picture can't be deleted; uploading it again would only leave two such.
        return Stored(link, delete_hash)

    def _give_back(self, delete_hash: str | None) -> NoReturn:
        """Delete what was uploaded and can't be shown; what comes next would most likely fare no better."""
        self._no_upload_until = self._clock() + HOUR
        problem = "Imgur took the picture but gave no usable link to it"
        if delete_hash is None:
            raise UnusableResponseError(f"{problem}, nor a way to delete it: a copy stays there", HOUR)
        left = Stored(NO_LINK, delete_hash)
        try:
            self.delete(left)
        except StoreError as error:
            raise UnusableResponseError(
                f"{problem}; it is still to be deleted: {error}", HOUR, left
            ) from error
        raise UnusableResponseError(f"{problem}; it was deleted there again", HOUR)

    def create_link(self, evidence_id: UUID, stored: Stored) -> str:  # noqa: ARG002 - other stores need it
        """The public address Imgur gave."""
        return stored.reference

    def read(self, stored: Stored) -> None:
        """Never fetched: its link is public."""

    def delete(self, stored: Stored) -> None:
        """Remove the picture from Imgur."""
        if stored.delete_hash is None:
            raise StoreError("Imgur gave no delete hash for this picture: ask its support to remove it")
        response = self._send("DELETE", f"/3/image/{quote(stored.delete_hash, safe='')}")
        if not _is_gone(response):
            _data(response)

    def delete_unfinished(self) -> int:
        """Nothing to do: Imgur keeps no half pictures."""
        return 0

    def _check_pause(self, until: float, reason: str) -> None:
        if (pause := until - self._clock()) > 0:
            raise StoreError(reason, pause)

    def _send(
        self, method: str, path: str, files: dict[str, tuple[str, bytes, str]] | None = None
    ) -> httpx.Response:
        if not self._client_id:
            raise StoreError("this evidence is at Imgur: set IMGUR_CLIENT_ID to the one that uploaded it")
        # Imgur blocks an app for the rest of the month that keeps asking after it was told to wait.
        self._check_pause(self._quiet_until, "not sent: Imgur has asked for a pause")
        headers = {"Authorization": f"Client-ID {self._client_id}"}
        try:
            response = send(self._client, method, path, files=files, headers=headers)
        except httpx.HTTPError as error:
            raise StoreError(
                f"no answer from Imgur (IMGUR_API_URL): {type(error).__name__} {error}"
            ) from error
        if (wait := requested_pause(response, time.time())) is not None:
            self._quiet_until = self._clock() + wait
        return response


def _data(response: httpx.Response) -> object:
    """The `data` of a success; everything else Imgur, its proxies and its error pages say is a StoreError."""
    body = read_json(response)
    match body:
        case {"success": True, "data": data} if response.is_success:
            return data
    wait = requested_pause(response, time.time())
    words = _words(body)
    message = f"Imgur answered {response.status_code}: {words or 'nothing readable'}"
    if response.is_success and words is None:
        raise UnusableResponseError(message, wait)
    raise StoreError(message, wait)


def _words(body: object) -> str | None:
    match body:
        case {"data": {"error": {"message": str(words)}}} | {"data": {"error": str(words)}}:
            return words
        case {"errors": [{"detail": str(words)}, *_]} | {"detail": str(words)}:
            return words
        case {"success": True}:
            return "success in the body, yet not a success"
        case {"success": False}:
            return "no success"
        case _:
            return None


def _is_gone(response: httpx.Response) -> bool:
    # A 404 that is not in Imgur's own form comes from somewhere else, and says nothing about the picture.
    match read_json(response):
        case {"success": False}:
            return response.status_code == httpx.codes.NOT_FOUND
    return False


def _is_web_address(link: object, scheme: str) -> TypeGuard[str]:
    """Whether an admin's page may point at it: `https`, or `http` when the API itself is reached by it."""
    if not is_visible_ascii(link, LONGEST_LINK):
        return False
    try:
        parts = urlsplit(link)
        return parts.scheme in {"https", scheme} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that don't match, a port that is no number
        return False
