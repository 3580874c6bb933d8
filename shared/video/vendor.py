"""Client of a video vendor. Dyte and RealtimeKit have the same API; URL and credentials differ."""

import logging
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

import httpx

from shared.http.responses import is_visible_ascii, send
from shared.settings import VideoProvider
from shared.video.error import NotAtVendor, VendorUnavailable, VideoError
from shared.video.response import parse_data

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
MIN_PAUSE_SECONDS = 0.3
MAX_PAUSE_SECONDS = 5.0
"""A user is waiting: if the vendor asks for a longer pause, the call fails at once."""

PRESETS_PER_PAGE = 100
MAX_PRESET_PAGES = 50
MAX_TOKEN_LENGTH = 8_192


@dataclass(frozen=True, slots=True)
class VideoParticipant:
    """A participant at the vendor, with the vendor's id; `token` lets a browser join the meeting."""

    id: str
    token: str


class Vendor:
    """The vendor's API. Thread-safe; each call may take seconds and raises VideoError.

    `timeout` (seconds) applies to each connect, send and receive.
    """

    def __init__(
        self,
        name: VideoProvider,
        base_url: str,
        authorization: str,
        *,
        timeout: float = 5.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = name
        self._client = httpx.Client(
            base_url=base_url, timeout=timeout, headers={"Authorization": authorization}
        )
        self._sleep = sleep

    def create_meeting(self, title: str) -> str:
        """Create a meeting and return the vendor's id."""
        match self._call("POST", "/meetings", {"title": title}):
            case {"id": meeting_id} if is_visible_ascii(meeting_id):
                return meeting_id
        raise VideoError(f"{self.name} created a meeting but returned no id")

    def close_meeting(self, meeting_id: str) -> None:
        """Close a meeting to everyone; neither vendor can delete one."""
        self._call("PATCH", f"/meetings/{_part(meeting_id)}", {"status": "INACTIVE"})

    def add_participant(self, meeting_id: str, name: str, custom_id: str, preset: str) -> VideoParticipant:
        """Add a participant; `custom_id` is our id, which tells the vendor nothing about the person."""
        body = {"name": name, "custom_participant_id": custom_id, "preset_name": preset}
        match self._call("POST", f"/meetings/{_part(meeting_id)}/participants", body):
            case {"id": participant_id, "token": token} if is_visible_ascii(
                participant_id
            ) and is_visible_ascii(token, MAX_TOKEN_LENGTH):
                return VideoParticipant(participant_id, token)
            case {"id": participant_id} if is_visible_ascii(participant_id):
                self.discard_participant(meeting_id, participant_id)
        raise VideoError(f"{self.name} added a participant but returned no token")

    def refresh_token(self, meeting_id: str, participant_id: str) -> str:
        """Return a new token for an existing participant."""
        path = f"/meetings/{_part(meeting_id)}/participants/{_part(participant_id)}/token"
        match self._call("POST", path):
            case {"token": token} if is_visible_ascii(token, MAX_TOKEN_LENGTH):
                return token
        raise VideoError(f"{self.name} returned no new token for a participant")

    def remove_participant(self, meeting_id: str, participant_id: str) -> None:
        """Delete a participant, who can't rejoin. Idempotent."""
        meeting = f"/meetings/{_part(meeting_id)}"
        try:
            self._call("DELETE", f"{meeting}/participants/{_part(participant_id)}")
        except NotAtVendor:
            # Vendors delete no meetings: if the meeting is unknown too, our key is of another account.
            self._call("GET", meeting)

    def discard_participant(self, meeting_id: str, participant_id: str) -> None:
        """Delete a participant who will not be used. A failure is only logged."""
        try:
            self.remove_participant(meeting_id, participant_id)
        except VideoError as error:
            log.warning(
                "could not delete the unused participant %s at %s: %s", participant_id, self.name, error
            )

    def list_presets(self) -> Iterator[str]:
        """Yield the names of all presets."""
        for page in range(1, MAX_PRESET_PAGES + 1):
            data = self._call("GET", f"/presets?page_no={page}&per_page={PRESETS_PER_PAGE}")
            presets = data if isinstance(data, list) else []
            for preset in presets:
                match preset:
                    case {"name": str(name)}:
                        yield name
            if len(presets) < PRESETS_PER_PAGE:
                return

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _call(self, method: str, path: str, body: dict[str, str] | None = None) -> object:
        for attempt in range(1, MAX_ATTEMPTS):
            try:
                return self._try(method, path, body)
            except VendorUnavailable as error:
                pause = _pause(attempt) if error.retry_after is None else error.retry_after
                if not error.safe_to_repeat or pause > MAX_PAUSE_SECONDS:
                    raise
                log.info("%s; retrying in %.1f s", error, pause)
            self._sleep(pause)
        return self._try(method, path, body)

    def _try(self, method: str, path: str, body: dict[str, str] | None) -> object:
        try:
            response = send(self._client, method, path, json=body)
        except httpx.HTTPError as error:
            # A request that was sent may have arrived: repeated, the vendor might execute it twice.
            unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
            raise VendorUnavailable(
                f"no response from {self.name}: {type(error).__name__} {error}", safe_to_repeat=unsent
            ) from error
        return parse_data(response, self.name)


def _part(text: str) -> str:
    return quote(text, safe="")


def _pause(attempt: int) -> float:
    """Exponential backoff with jitter, so that clients do not retry in lockstep."""
    return random.uniform(0.5, 1) * MIN_PAUSE_SECONDS * 2.0**attempt  # noqa: S311 - not for security
