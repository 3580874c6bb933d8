"""Candidates who send real frames over the public HTTP API without pause, and wait for each verdict."""

import asyncio
import base64
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

import httpx

from dev.load.candidates import PEOPLE, PICTURES
from dev.stack.errors import StackFailedError

CANDIDATES = 6
MEETINGS = 20
RETRY_SECONDS = 0.5
ENDED = {"done", "failed", "expired"}
UNKNOWN = "unknown"
"""The gateway answers 404 for a job that it had accepted."""


@dataclass(eq=False)
class Frame:
    """An accepted frame, and what its candidate knows of it."""

    job_id: str
    meeting_id: str
    picture: bytes
    """Unique, so that each copy can be found."""
    during: str
    """The fault in progress when it was sent."""
    sent_at: float
    """It was accepted between `sent_at` and `accepted_at`, when its candidate heard of it."""
    accepted_at: float = field(default_factory=time.monotonic)
    ended_at: float | None = None
    end: str | None = None
    """`done`, `failed`, `expired` or `UNKNOWN`; None while it is open."""
    flagged: bool = False
    reason: str = ""


@dataclass(frozen=True)
class _Candidate:
    id: str
    meeting_id: str
    headers: dict[str, str]
    pictures: tuple[bytes, ...]


class Stream:
    """A steady stream of frames of one or more meetings within a `with` block, in its own thread.

    Attributes:
        meeting_ids: the meetings.
        frames: all accepted frames.
        refusals: how often a frame was refused, by the answer's status; 0 for no answer.
        unexpected_answers: answers that break the contract, such as 500.
        during: recorded with each frame.
    """

    def __init__(self, url: str, meetings: Sequence[Callable[[str], bool]] = (bool,)) -> None:
        """For each function a meeting is created whose id satisfies it."""
        self.frames: list[Frame] = []
        self.refusals: Counter[int] = Counter()
        self.unexpected_answers: list[str] = []
        self.during = ""
        self.meeting_ids: list[str] = []
        self._url = url
        self._meetings = meetings
        self._candidates: list[_Candidate] = []
        self._leave = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._following: set[asyncio.Task[None]] = set()
        self._exam: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="stream")

    def __enter__(self) -> Self:
        """Create the meetings, let the candidates join and start."""
        with httpx.Client(base_url=self._url, timeout=30, trust_env=False) as client:
            for first, is_wanted in enumerate(self._meetings):
                meeting_id = _create_meeting(client, is_wanted)
                self.meeting_ids.append(meeting_id)
                places = range(first, CANDIDATES, len(self._meetings))
                self._candidates += [self._join(client, meeting_id, place) for place in places]
        self._client = httpx.AsyncClient(base_url=self._url, timeout=30, trust_env=False)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and forget the frames that are still open."""
        self._loop.call_soon_threadsafe(self._cancel)
        self._thread.join()
        self._loop.close()

    def leave(self) -> None:
        """Stop sending frames; the accepted ones are still watched."""
        self._leave.set()

    @property
    def is_over(self) -> bool:
        """Whether all candidates have left, and every frame has ended."""
        return not self._thread.is_alive()

    @property
    def open(self) -> list[Frame]:
        """The frames whose end is not known yet."""
        return [frame for frame in self.frames if frame.end is None]

    def frames_of(self, meeting_id: str) -> list[Frame]:
        """Return the accepted frames of a meeting."""
        return [frame for frame in self.frames if frame.meeting_id == meeting_id]

    def judged_since(self, moment: float, *meeting_ids: str) -> bool:
        """Return whether of each meeting a frame is judged that was sent after `moment` (monotonic)."""
        judged = {frame.meeting_id for frame in self.frames if frame.sent_at > moment and frame.end == "done"}
        return judged.issuperset(meeting_ids or self.meeting_ids)

    def send(self, meeting_id: str, picture: bytes) -> Frame | None:
        """Send a frame of a new candidate from another thread; return None if it is not accepted."""
        with httpx.Client(base_url=self._url, timeout=30, trust_env=False) as client:
            candidate = self._join(client, meeting_id, 0)
        known = set(self.frames)
        asyncio.run_coroutine_threadsafe(self._send(candidate, picture), self._loop).result()
        return next((frame for frame in self.frames if frame not in known and frame.picture == picture), None)

    def _join(self, client: httpx.Client, meeting_id: str, place: int) -> _Candidate:
        person = PEOPLE[place % len(PEOPLE)]
        answer = client.post(f"/meetings/{meeting_id}/participants", json={"name": person.name})
        joined = _created(answer)
        names = (person.alone, person.in_company, person.alone)
        return _Candidate(
            joined["participant_id"],
            meeting_id,
            {"Authorization": f"Bearer {joined['token']}"},
            tuple((PICTURES / f"{name}.jpg").read_bytes() for name in names),
        )

    def _run(self) -> None:
        self._exam = self._loop.create_task(self._run_exam())
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._exam)

    def _cancel(self) -> None:
        for task in (self._exam, *self._following):
            if task:
                task.cancel()

    async def _run_exam(self) -> None:
        async with self._client:
            await asyncio.gather(*(self._send_frames(candidate) for candidate in self._candidates))
            while self._following:
                await asyncio.wait(self._following)

    async def _send_frames(self, candidate: _Candidate) -> None:
        number = 0
        while not self._leave.is_set():
            # Decoders ignore bytes after the end of a JPEG.
            picture = candidate.pictures[number % len(candidate.pictures)] + uuid4().bytes
            await asyncio.sleep(await self._send(candidate, picture))
            number += 1

    async def _send(self, candidate: _Candidate, picture: bytes) -> float:
        """Return the seconds to wait before the next frame."""
        body = {
            "base64_img": base64.b64encode(picture).decode(),
            "participant_id": candidate.id,
            "meeting_id": candidate.meeting_id,
        }
        during, sent_at = self.during, time.monotonic()
        try:
            answer = await self._client.post("/detect_faces", json=body, headers=candidate.headers)
        except httpx.TransportError:
            self.refusals[0] += 1
            return RETRY_SECONDS
        if answer.status_code == httpx.codes.ACCEPTED:
            frame = Frame(answer.json()["job_id"], candidate.meeting_id, picture, during, sent_at)
            self.frames.append(frame)
            task = self._loop.create_task(self._follow(candidate, frame))
            self._following.add(task)
            task.add_done_callback(self._following.discard)
            return float(answer.json()["next_frame_in_ms"]) / 1_000
        self.refusals[answer.status_code] += 1
        return self._pause_after(answer)

    async def _follow(self, candidate: _Candidate, frame: Frame) -> None:
        """Poll until the job has ended, however many requests fail."""
        while frame.end is None:
            try:
                answer = await self._client.get(
                    f"/jobs/{frame.job_id}", params={"wait": 10}, headers=candidate.headers
                )
            except httpx.TransportError:
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if answer.is_success:
                _note_end(frame, answer.json())
            elif answer.status_code == httpx.codes.NOT_FOUND:
                frame.end, frame.ended_at = UNKNOWN, time.monotonic()
            else:
                await asyncio.sleep(self._pause_after(answer))

    def _pause_after(self, answer: httpx.Response) -> float:
        if answer.status_code not in {429, 503}:
            self.unexpected_answers.append(f"{answer.request.method} {answer.url.path}: {answer.status_code}")
        return float(answer.headers.get("Retry-After", RETRY_SECONDS))


def _create_meeting(client: httpx.Client, is_wanted: Callable[[str], bool]) -> str:
    for _ in range(MEETINGS):
        answer = client.post("/meetings", json={"title": "An exam with faults"})
        if answer.is_success and is_wanted(meeting_id := str(answer.json()["data"]["id"])):
            return meeting_id
        time.sleep(RETRY_SECONDS)
    raise StackFailedError(f"In {MEETINGS} attempts no suitable meeting was created.")


def _created(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code != httpx.codes.CREATED:
        raise StackFailedError(f"{answer.request.url} {answer.status_code} {answer.text}")
    created: dict[str, Any] = answer.json()
    return created


def _note_end(frame: Frame, job: dict[str, str | list[str]]) -> None:
    if job["status"] in ENDED:
        frame.flagged, frame.reason = bool(job["flags"]), str(job.get("error") or "")
        frame.ended_at = time.monotonic()
        frame.end = str(job["status"])
