"""Evidence at Imgur, where anyone who has the link sees it."""

import time
from collections.abc import Callable
from urllib.parse import quote, urlsplit
from uuid import UUID

import httpx

from shared.stores.imgur_limits import requested_wait
from shared.stores.store import Stored, StoreError


class ImgurStore:
    """Uploads pictures anonymously through Imgur's API v3.

    `client` has the API's address; whoever opened it closes it. `clock` counts seconds from anywhere; it is
    only there to measure how long Imgur asked to be left alone.
    """

    def __init__(
        self, client_id: str, client: httpx.Client, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        # A secret read from a file often ends in a newline: no header may hold it, and the error quotes it.
        self._client_id = client_id.strip()
        self._client = client
        self._clock = clock
        self._quiet_until = clock()

    def put(self, evidence_id: UUID, picture: bytes, content_type: str) -> Stored:  # noqa: ARG002
        """Upload the picture. Repeated, it leaves two copies there, of which the last one is returned.

        The evidence id is not sent: Imgur would publish it as the picture's name.
        """
        upload = {"image": ("evidence", picture, content_type)}
        match _data(self._send("POST", "/3/image", files=upload)):
            case {"link": str(link), **rest} if _is_web_address(link, self._client.base_url.scheme):
                delete_hash = rest.get("deletehash")
                # Without its hash a picture can't be deleted; uploading it again would only leave two such.
                return Stored(link, delete_hash if isinstance(delete_hash, str) else None)
            case _:
                raise StoreError("Imgur took the picture but gave no usable link to it")

    def link(self, evidence_id: UUID, stored: Stored) -> str:  # noqa: ARG002 - other stores need it
        """The public address Imgur gave."""
        return stored.reference

    def delete(self, stored: Stored) -> None:
        """Remove the picture from Imgur."""
        if stored.delete_hash is None:
            raise StoreError("Imgur gave no delete hash for this picture: ask its support to remove it")
        response = self._send("DELETE", f"/3/image/{quote(stored.delete_hash, safe='')}")
        if not _is_gone(response):
            _data(response)

    def _send(
        self, method: str, path: str, files: dict[str, tuple[str, bytes, str]] | None = None
    ) -> httpx.Response:
        if not self._client_id:
            raise StoreError("this evidence is at Imgur: set IMGUR_CLIENT_ID to the one that uploaded it")
        # Imgur blocks an app for the rest of the month that keeps asking after it was told to wait.
        if (pause := self._quiet_until - self._clock()) > 0:
            raise StoreError("not sent: Imgur has asked for a pause", pause)
        try:
            response = self._client.request(
                method, path, files=files, headers={"Authorization": f"Client-ID {self._client_id}"}
            )
        except httpx.HTTPError as error:
            raise StoreError(
                f"no answer from Imgur (IMGUR_API_URL): {type(error).__name__} {error}"
            ) from error
        if (wait := requested_wait(response, time.time())) is not None:
            self._quiet_until = self._clock() + wait
        return response


def _data(response: httpx.Response) -> object:
    """The `data` of a success; everything else Imgur, its proxies and its error pages say is a StoreError."""
    body = _json(response)
    match body:
        case {"success": True, "data": data} if response.is_success:
            return data
    wait = requested_wait(response, time.time())
    raise StoreError(f"Imgur answered {response.status_code}: {_words(body)}", wait)


def _json(response: httpx.Response) -> object:
    try:
        body: object = response.json()
    except (ValueError, RecursionError):
        return None
    return body


def _words(body: object) -> str:
    match body:
        case {"data": {"error": {"message": str(words)}}} | {"data": {"error": str(words)}}:
            return words
        case {"errors": [{"detail": str(words)}, *_]} | {"detail": str(words)}:
            return words
        case {"success": True}:
            return "success in the body, yet not a success"
        case _:
            return "nothing readable"


def _is_gone(response: httpx.Response) -> bool:
    # A 404 that is not in Imgur's own form comes from somewhere else, and says nothing about the picture.
    match _json(response):
        case {"success": False}:
            return response.status_code == httpx.codes.NOT_FOUND
    return False


def _is_web_address(link: str, scheme: str) -> bool:
    """Whether an admin's page may point at it: `https`, or `http` when the API itself is reached by it."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme in {"https", scheme} and bool(parts.netloc)
