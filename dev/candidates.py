"""Simulated candidates: they sit an exam over the public HTTP API, as a browser would, with real pictures."""

import base64
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from dev.errors import StackFailedError

PICTURES = Path(__file__).parent / "pictures"
EMPTY_ROOM = "0-faces-empty-room"
WAIT_SECONDS = 10
RETRY_SECONDS = 2.0


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


@dataclass(frozen=True)
class Outcome:
    """What became of a frame: the verdict, or the way in which there is none."""

    candidate: str
    picture: str
    verdict: str
    seconds: float
    """From the frame's sending to the verdict's arrival."""


class Candidate(threading.Thread):
    """One participant: sends a frame, follows its job, and waits as long as the gateway asks for."""

    def __init__(
        self, client: httpx.Client, meeting_id: str, place: int, tell: Callable[[Outcome], None]
    ) -> None:
        super().__init__(name=f"candidate-{place}", daemon=True)
        self.leave = threading.Event()
        self._client = client
        self._meeting_id = meeting_id
        self._place = place
        self._person = PEOPLE[place % len(PEOPLE)]
        self._tell = tell
        path, name = f"/meetings/{meeting_id}/participants", self._person.name
        joined = created(client.post(path, json={"name": name})).json()
        self._id = joined["participant_id"]
        self._headers = {"Authorization": f"Bearer {joined['token']}"}

    def run(self) -> None:
        """Send frames until told to leave."""
        pause = float(self._place)  # so that they do not all send at once
        number = 0
        while not self.leave.wait(pause):
            try:
                pause = self._send(self._picture(number))
                number += 1
            except httpx.TransportError:
                pause = RETRY_SECONDS

    def _picture(self, number: int) -> str:
        """Mostly alone; now and then with somebody else, rarely away; each candidate at another time."""
        if number % 6 == self._place + 1:
            return self._person.in_company
        return EMPTY_ROOM if number % 12 == 11 - self._place else self._person.alone

    def _send(self, picture: str) -> float:
        """Returns for how many seconds to wait before the next frame."""
        sent = time.monotonic()
        response = self._client.post("/detect_faces", json=self._frame(picture), headers=self._headers)
        if response.status_code in {429, 503}:
            return float(response.headers.get("Retry-After", RETRY_SECONDS))
        verdict = self._follow(response.json()["status_url"]) if response.is_success else _refusal(response)
        seconds = time.monotonic() - sent
        self._tell(Outcome(self._person.name, picture, verdict, seconds))
        if not response.is_success:
            return RETRY_SECONDS
        return max(0.0, float(response.json()["next_frame_in_ms"]) / 1_000 - seconds)

    def _frame(self, picture: str) -> dict[str, str]:
        jpeg = (PICTURES / f"{picture}.jpg").read_bytes()
        return {
            "base64_img": f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}",
            "participant_id": self._id,
            "participant_name": self._person.name,
            "meeting_id": self._meeting_id,
        }

    def _follow(self, status_url: str) -> str:
        """The verdict, once the job has ended."""
        while not self.leave.is_set():
            response = self._client.get(status_url, params={"wait": WAIT_SECONDS}, headers=self._headers)
            if response.status_code in {429, 503}:
                self.leave.wait(float(response.headers.get("Retry-After", RETRY_SECONDS)))
                continue
            if not response.is_success:
                return _refusal(response)
            job = response.json()
            if job["status"] not in {"queued", "running"}:
                return str(job["verdict"] or f"{job['status']}: {job.get('error')}")
        return "not waited for"


def _refusal(response: httpx.Response) -> str:
    return f"refused with {response.status_code}: {response.text}"


def created(response: httpx.Response) -> httpx.Response:
    """The answer itself; raises `StackFailedError` when it is not 201."""
    if response.status_code != httpx.codes.CREATED:
        raise StackFailedError(f"{response.request.url} {_refusal(response)}")
    return response
