"""Meetings at a video vendor. Dyte and RealtimeKit speak the same; address and credentials differ."""

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

ATTEMPTS = 3
FIRST_PAUSE = 0.3
LONGEST_PAUSE = 5.0
"""Somebody waits for the answer: a vendor that asks for more is given up, and they are told."""

PRESETS_PER_PAGE = 100
MAX_PRESET_PAGES = 50
MAX_TOKEN_LENGTH = 8_192


@dataclass(frozen=True, slots=True)
class VideoParticipant:
    """A participant as the vendor knows them; `token` lets a browser into the meeting."""

    id: str
    token: str


class Vendor:
    """The vendor's API. Safe to share between threads; each call may take seconds and raises VideoError.

    `timeout` (seconds) is for each connect, send and wait for an answer.
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
        """A new meeting; returns the vendor's id."""
        match self._call("POST", "/meetings", {"title": title}):
            case {"id": meeting_id} if is_visible_ascii(meeting_id):
                return meeting_id
        raise VideoError(f"{self.name} created a meeting but gave no id of it")

    def close_meeting(self, meeting_id: str) -> None:
        """Nobody can join it any more; neither vendor can delete one."""
        self._call("PATCH", f"/meetings/{_part(meeting_id)}", {"status": "INACTIVE"})

    def add_participant(self, meeting_id: str, name: str, own_id: str, preset: str) -> VideoParticipant:
        """A new participant; `own_id` is how we know them, and says nothing about the person."""
        body = {"name": name, "custom_participant_id": own_id, "preset_name": preset}
        match self._call("POST", f"/meetings/{_part(meeting_id)}/participants", body):
            case {"id": seat_id, "token": token} if is_visible_ascii(seat_id) and is_visible_ascii(
                token, MAX_TOKEN_LENGTH
            ):
                return VideoParticipant(seat_id, token)
            case {"id": seat_id} if is_visible_ascii(seat_id):
                self.discard_participant(meeting_id, seat_id)
        raise VideoError(f"{self.name} added a participant but gave no token for them")

    def refresh_token(self, meeting_id: str, seat_id: str) -> str:
        """A new token for a participant who was added before."""
        path = f"/meetings/{_part(meeting_id)}/participants/{_part(seat_id)}/token"
        match self._call("POST", path):
            case {"token": token} if is_visible_ascii(token, MAX_TOKEN_LENGTH):
                return token
        raise VideoError(f"{self.name} gave no new token for a participant")

    def remove_participant(self, meeting_id: str, seat_id: str) -> None:
        """The vendor forgets a participant, who can't come back; twice is as good as once."""
        meeting = f"/meetings/{_part(meeting_id)}"
        try:
            self._call("DELETE", f"{meeting}/participants/{_part(seat_id)}")
        except NotAtVendor:
            # No vendor deletes a meeting: where that is not known either, we ask with another account's key.
            self._call("GET", meeting)

    def discard_participant(self, meeting_id: str, seat_id: str) -> None:
        """Remove a participant whom nobody can be after all; only logs where that fails."""
        try:
            self.remove_participant(meeting_id, seat_id)
        except VideoError as error:
            log.warning("participant %s stays at %s, and nobody can be them: %s", seat_id, self.name, error)

    def list_presets(self) -> Iterator[str]:
        """The names of all presets."""
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
        """Give back the connections."""
        self._client.close()

    def _call(self, method: str, path: str, body: dict[str, str] | None = None) -> object:
        for attempt in range(1, ATTEMPTS):
            try:
                return self._try(method, path, body)
            except VendorUnavailable as away:
                pause = _pause(attempt) if away.retry_after is None else away.retry_after
                if not away.safe_to_repeat or pause > LONGEST_PAUSE:
                    raise
                log.info("%s; trying again in %.1f s", away, pause)
            self._sleep(pause)
        return self._try(method, path, body)

    def _try(self, method: str, path: str, body: dict[str, str] | None) -> object:
        try:
            response = send(self._client, method, path, json=body)
        except httpx.HTTPError as error:
            # What was sent may have arrived; asked again, the vendor might do it twice.
            unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
            raise VendorUnavailable(
                f"no answer from {self.name}: {type(error).__name__} {error}", safe_to_repeat=unsent
            ) from error
        return parse_data(response, self.name)


def _part(text: str) -> str:
    return quote(text, safe="")


def _pause(attempt: int) -> float:
    """Longer each time; by chance, so that those who were refused together do not come back together."""
    return random.uniform(0.5, 1) * FIRST_PAUSE * 2.0**attempt  # noqa: S311 - nothing secret about it
