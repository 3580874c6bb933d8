"""Simulated candidates: they sit an exam over the public HTTP API, as a browser would, with real pictures."""

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
AWAY = (aiohttp.ClientError, TimeoutError)
"""What is raised while the gateway does not answer."""


@dataclass(frozen=True)
class Person:
    """Who sits before the camera: a name, and the pictures of them alone and in company."""

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
    """How a frame ended, as far as its candidate knows."""

    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"
    REFUSED = "refused"
    UNSENT = "unsent"
    """The gateway did not answer."""
    UNHEARD = "unheard"
    """Accepted, and the candidate left, or was turned away, before it had ended."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a frame."""

    candidate: str
    picture: str
    end: End
    said: str
    """The verdict, or why there is none."""
    seconds: float
    """From the frame's sending to the verdict's arrival."""
    asked_ms: int | None
    """When the next frame was asked for; None when this one was not accepted."""
    judging_ms: float | None
    """How long a worker decoded it and looked; None when none did."""


class Candidate:
    """One participant: sends a frame, follows its job, and waits as long as the gateway asks for.

    Somebody else is to be seen in one of `company_every` frames.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        meeting_id: str,
        place: int,
        tell: Callable[[Outcome], None],
        company_every: int,
    ) -> None:
        self._session = session
        self._meeting_id = meeting_id
        self._place = place
        self._person = PEOPLE[place % len(PEOPLE)]
        self._tell = tell
        self._company_every = company_every

    async def join(self) -> float:
        """Take part; returns how many seconds are to be between two frames.

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

    async def sit(self, pause: float, leave: asyncio.Event) -> None:
        """Send frames, the first after a pause, until told to leave; the last is followed to its end."""
        number = 0
        while not await _happens(leave, pause):
            pause = await self._send(self._picture(number))
            number += 1

    def _picture(self, number: int) -> str:
        """Mostly alone; now and then with somebody else, rarely away; each candidate at another time."""
        if (number - self._place) % self._company_every == 1:
            return self._person.in_company
        return EMPTY_ROOM if (number + self._place) % 12 == 11 else self._person.alone

    async def _send(self, picture: str) -> float:
        """Returns for how many seconds to wait before the next frame."""
        sent = time.monotonic()

        def ends(end: End, said: str, asked_ms: int | None = None, judging_ms: float | None = None) -> None:
            seconds = time.monotonic() - sent
            self._tell(Outcome(self._person.name, picture, end, said, seconds, asked_ms, judging_ms))

        body = _beginning(picture) + self._sender[1:].encode()
        try:
            async with self._session.post("/detect_faces", data=body, headers=self._headers) as response:
                if response.status != HTTPStatus.ACCEPTED:
                    ends(End.REFUSED, await _refusal(response))
                    return _retry_after(response)
                accepted = await response.json()
        except AWAY as error:
            ends(End.UNSENT, type(error).__name__)
            return RETRY_SECONDS
        asked_ms = accepted["next_frame_in_ms"]
        try:
            job = await self._end_of(accepted["status_url"])
        except StackFailedError as error:
            ends(End.UNHEARD, str(error), asked_ms)
            return RETRY_SECONDS
        except asyncio.CancelledError:
            ends(End.UNHEARD, "did not wait", asked_ms)
            raise
        ends(End(job["status"]), job["verdict"] or job["error"], asked_ms, _judging_ms(job))
        return max(0.0, float(asked_ms) / 1000 - (time.monotonic() - sent))

    async def _end_of(self, status_url: str) -> dict[str, Any]:
        """The job once it has ended, however long that takes.

        Raises:
            StackFailedError: it can't be followed; the gateway does not know it any more.
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
            except AWAY:
                pause = RETRY_SECONDS
            await asyncio.sleep(pause)


async def _happens(event: asyncio.Event, seconds: float) -> bool:
    """Whether it does within so many seconds."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()


@cache
def _beginning(picture: str) -> bytes:
    """The JSON of a frame up to who sent it: so large that it is not made anew for each frame."""
    image = base64.b64encode((PICTURES / f"{picture}.jpg").read_bytes()).decode()
    return f'{{"base64_img": "data:image/jpeg;base64,{image}", '.encode()


async def _refusal(response: aiohttp.ClientResponse) -> str:
    try:
        said = (await response.json(content_type=None))["detail"]
    except (ValueError, LookupError, TypeError):
        said = await response.text()
    return f"{response.status} {said}"


def _retry_after(response: aiohttp.ClientResponse) -> float:
    """As long as the gateway asks for, or up to half as long again, so that not all come back at once."""
    return float(response.headers.get("Retry-After", RETRY_SECONDS)) * random.uniform(1, 1.5)  # noqa: S311 - no secret


def _judging_ms(job: dict[str, Any]) -> float | None:
    findings = job["findings"]
    return findings["decode_ms"] + findings["detect_ms"] if findings else None
