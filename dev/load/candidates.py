"""Simulated candidates, who take an exam over the public HTTP API as browsers do, with real pictures."""

import asyncio
import base64
import json
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp

from dev.stack.errors import StackFailedError

PICTURES = Path(__file__).parents[1] / "pictures"
EMPTY_ROOM = "0-faces-empty-room"
WAIT_SECONDS = 10
RETRY_SECONDS = 2.0
REFUSALS = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
TRANSIENT_ERRORS = (aiohttp.ClientError, TimeoutError)
"""Raised while the gateway does not answer."""


@dataclass(frozen=True)
class Person:
    """A candidate's name, and pictures of them alone and with a second person."""

    name: str
    alone: str
    in_company: str


PEOPLE = (
    Person("Ada", "1-face-astronaut", "2-faces-astronaut-biden"),
    Person("Ben", "1-face-obama", "2-faces-obama-astronaut"),
    Person("Chris", "1-face-biden", "2-faces-biden-obama"),
    Person("Dana", "1-face-obama-standing", "2-faces-obama-astronaut"),
)


class End(StrEnum):
    """How a frame ended, as its candidate knows."""

    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"
    REFUSED = "refused"
    UNSENT = "unsent"
    """The gateway did not answer."""
    ABANDONED = "abandoned"
    """Accepted, but the candidate left before it ended, or could not read its job."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a frame."""

    candidate: str
    picture: str
    end: End
    result: str
    """The verdict, or the reason for none."""
    seconds: float
    """From sending the frame to receiving the verdict."""
    requested_ms: int | None
    """After how many ms the gateway wants the next frame; None if this one was not accepted."""
    judging_ms: float | None
    """Time for decoding and detection; None if it was not judged."""


class Candidate:
    """One participant: sends a frame, waits for its verdict, and pauses as long as the gateway asks for.

    One of `two_faces_every` frames shows a second person.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        meeting_id: str,
        number: int,
        on_outcome: Callable[[Outcome], None],
        two_faces_every: int,
    ) -> None:
        self._session = session
        self._meeting_id = meeting_id
        self._number = number
        self._person = PEOPLE[number % len(PEOPLE)]
        self._on_outcome = on_outcome
        self._two_faces_every = two_faces_every

    async def join(self) -> float:
        """Join the meeting; return the wanted seconds between two frames.

        Raises:
            StackFailedError: the gateway refused.
        """
        path, body = f"/meetings/{self._meeting_id}/participants", {"name": self._person.name}
        while True:
            async with self._session.post(path, json=body) as response:
                if response.status == HTTPStatus.CREATED:
                    joined = await response.json()
                    break
                if response.status not in REFUSALS:
                    raise StackFailedError(f"{response.url} {await _refusal(response)}")
            await asyncio.sleep(_retry_after(response))
        self._headers = {"Authorization": f"Bearer {joined['token']}", "Content-Type": "application/json"}
        sender = {"participant_id": joined["participant_id"], "meeting_id": self._meeting_id}
        self._sender = json.dumps(sender | {"participant_name": self._person.name})
        return float(joined["frame_interval_ms"]) / 1000

    async def run(self, pause: float, leave: asyncio.Event) -> None:
        """Send frames, the first after `pause` seconds, until `leave` is set; wait for the last verdict."""
        number = 0
        while not await _is_set_within(leave, pause):
            pause = await self._send(self._picture(number))
            number += 1

    def _picture(self, number: int) -> str:
        """Mostly alone, sometimes with a second person, rarely nobody; each candidate at a different time."""
        if (number - self._number) % self._two_faces_every == 1:
            return self._person.in_company
        return EMPTY_ROOM if (number + self._number) % 12 == 11 else self._person.alone

    async def _send(self, picture: str) -> float:
        """Return the seconds to wait before the next frame."""
        sent = time.monotonic()

        def ends(
            end: End, result: str, requested_ms: int | None = None, judging_ms: float | None = None
        ) -> None:
            seconds = time.monotonic() - sent
            self._on_outcome(
                Outcome(self._person.name, picture, end, result, seconds, requested_ms, judging_ms)
            )

        body = _encode_picture(picture) + self._sender[1:].encode()
        try:
            async with self._session.post("/detect_faces", data=body, headers=self._headers) as response:
                if response.status != HTTPStatus.ACCEPTED:
                    ends(End.REFUSED, await _refusal(response))
                    return _retry_after(response)
                accepted = await response.json()
        except TRANSIENT_ERRORS as error:
            ends(End.UNSENT, type(error).__name__)
            return RETRY_SECONDS
        requested_ms = accepted["next_frame_in_ms"]
        try:
            job = await self._follow(accepted["status_url"])
        except StackFailedError as error:
            ends(End.ABANDONED, str(error), requested_ms)
            return RETRY_SECONDS
        except asyncio.CancelledError:
            ends(End.ABANDONED, "the candidate left", requested_ms)
            raise
        ends(End(job["status"]), job["verdict"] or job["error"], requested_ms, _judging_ms(job))
        return max(0.0, float(requested_ms) / 1000 - (time.monotonic() - sent))

    async def _follow(self, status_url: str) -> dict[str, Any]:
        """Wait until the job has ended, and return it.

        Raises:
            StackFailedError: the gateway refuses to show it, for example because it is unknown.
        """
        while True:
            pause = 0.0
            try:
                url = f"{status_url}?wait={WAIT_SECONDS}"
                async with self._session.get(url, headers=self._headers) as response:
                    if response.status in REFUSALS:
                        pause = _retry_after(response)
                    elif response.status != HTTPStatus.OK:
                        raise StackFailedError(f"{status_url} {await _refusal(response)}")
                    else:
                        job: dict[str, Any] = await response.json()
                        if job["status"] not in {"queued", "running"}:
                            return job
            except TRANSIENT_ERRORS:
                pause = RETRY_SECONDS
            await asyncio.sleep(pause)


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    """Return whether the event is set within so many seconds."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()


@cache
def _encode_picture(picture: str) -> bytes:
    """Return the JSON of a frame up to its sender; cached, because it is large."""
    image = base64.b64encode((PICTURES / f"{picture}.jpg").read_bytes()).decode()
    return f'{{"base64_img": "data:image/jpeg;base64,{image}", '.encode()


async def _refusal(response: aiohttp.ClientResponse) -> str:
    try:
        detail = (await response.json(content_type=None))["detail"]
    except (ValueError, LookupError, TypeError):
        detail = await response.text()
    return f"{response.status} {detail}"


def _retry_after(response: aiohttp.ClientResponse) -> float:
    """Return the requested seconds, or up to half as many more, so that not all clients return at once."""
    return float(response.headers.get("Retry-After", RETRY_SECONDS)) * random.uniform(1, 1.5)  # noqa: S311 - no secret


def _judging_ms(job: dict[str, Any]) -> float | None:
    findings = job["findings"]
    return findings["decode_ms"] + findings["detect_ms"] if findings else None
