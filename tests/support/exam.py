"""A meeting and the people in it, as HTTP clients see them."""

import base64
from dataclasses import dataclass
from typing import Any, Self

import httpx

from dev.load.candidates import PICTURES

ONE_FACE = (PICTURES / "1-face-astronaut.jpg").read_bytes()
TWO_FACES = (PICTURES / "2-faces-biden-obama.jpg").read_bytes()


def in_base64(data: bytes) -> str:
    """Bare base64."""
    return base64.b64encode(data).decode()


def bearer(credentials: str) -> dict[str, str]:
    """The header that carries them."""
    return {"Authorization": f"Bearer {credentials}"}


def assert_problem(response: httpx.Response, status: int) -> str:
    """Holds an answer against RFC 9457; returns its detail."""
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert set(body) - {"next_frame_in_ms", "errors"} == {"type", "title", "status", "detail"}
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return str(body["detail"])


@dataclass(frozen=True)
class Seat:
    """A candidate who has joined."""

    client: httpx.Client
    meeting_id: str
    id: str
    token: str

    def body(self, picture: bytes) -> dict[str, str]:
        """What is posted with a frame."""
        return {
            "base64_img": in_base64(picture),
            "participant_id": self.id,
            "meeting_id": self.meeting_id,
        }

    def post(self, picture: bytes) -> httpx.Response:
        """Sends a frame."""
        return self.client.post("/detect_faces", json=self.body(picture), headers=bearer(self.token))

    def accepted(self, picture: bytes) -> str:
        """Sends a frame that is taken; returns its job's id."""
        response = self.post(picture)
        assert response.status_code == 202, response.text
        return str(response.json()["job_id"])

    def verdict(self, picture: bytes) -> str | None:
        """Sends a frame and waits for its verdict; None where there is none for now."""
        response = self.post(picture)
        if response.status_code != 202:
            return None
        job = self.job(response.json()["job_id"], wait=8)
        return job.json()["verdict"] if job.is_success else None

    def job(self, job_id: str, wait: float = 0) -> httpx.Response:
        """Reads a job."""
        return self.client.get(f"/jobs/{job_id}", params={"wait": wait}, headers=bearer(self.token))


@dataclass(frozen=True)
class Exam:
    """A meeting, with its admin key."""

    client: httpx.Client
    id: str
    admin_key: str

    @classmethod
    def create(cls, client: httpx.Client, title: str = "Algebra I") -> Self:
        """A new meeting."""
        response = client.post("/meetings", json={"title": title})
        assert response.status_code == 201, response.text
        return cls(client, response.json()["data"]["id"], response.json()["admin_id"])

    def join(self, name: str = "Ada") -> Seat:
        """Another candidate."""
        response = self.client.post(f"/meetings/{self.id}/participants", json={"name": name})
        assert response.status_code == 201, response.text
        return Seat(self.client, self.id, response.json()["participant_id"], response.json()["token"])

    def say(self, text: str, to: Seat | None = None) -> httpx.Response:
        """A message to one candidate, or to all."""
        body = {"text": text, "participant_id": to.id if to else None}
        return self.client.post(f"/meetings/{self.id}/messages", json=body, headers=bearer(self.admin_key))

    def erase(self, participant_id: str) -> httpx.Response:
        """Erases a person, or asks how far that is."""
        path = f"/meetings/{self.id}/participants/{participant_id}"
        return self.client.delete(path, headers=bearer(self.admin_key))

    def audit(self) -> list[dict[str, Any]]:
        """The audit log, newest first."""
        answer = self.client.get(f"/meetings/{self.id}/audit", headers=bearer(self.admin_key))
        entries: list[dict[str, Any]] = answer.json()["entries"]
        return entries

    def evidence_is_stored(self) -> bool:
        """Whether there are flags, and the picture of each is in its store."""
        response = self.flags()
        flags = response.json()["flags"] if response.is_success else []
        return bool(flags) and {flag["evidence"] for flag in flags} == {"stored"}

    def flags(self, **params: str | int) -> httpx.Response:
        """A page of the flagged list, as the admin sees it."""
        return self.client.get(f"/meetings/{self.id}/flags", params=params, headers=bearer(self.admin_key))
