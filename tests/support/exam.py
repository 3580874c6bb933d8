"""HTTP clients for a meeting's invigilator and its candidates."""

import base64
from dataclasses import dataclass
from typing import Any, Self

import httpx

from dev.load.candidates import PICTURES
from shared.queue import VISIBILITY_SECONDS
from tests.support.waiting import wait_until

ONE_FACE = (PICTURES / "1-face-astronaut.jpg").read_bytes()
TWO_FACES = (PICTURES / "2-faces-biden-obama.jpg").read_bytes()


def to_base64(data: bytes) -> str:
    """Return base64 text without a `data:` prefix."""
    return base64.b64encode(data).decode()


def bearer(credentials: str) -> dict[str, str]:
    """Return the request header that carries these credentials."""
    return {"Authorization": f"Bearer {credentials}"}


def assert_problem(response: httpx.Response, status: int) -> str:
    """Check that an error body follows RFC 9457; return its detail."""
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert set(body) - {"next_frame_in_ms", "errors"} == {"type", "title", "status", "detail"}
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return str(body["detail"])


def assert_unavailable(response: httpx.Response) -> None:
    """Check that the client is told to try again later."""
    assert_problem(response, 503)
    assert int(response.headers["Retry-After"]) >= 1


@dataclass(frozen=True)
class CandidateClient:
    """A candidate who has joined a meeting."""

    client: httpx.Client
    meeting_id: str
    id: str
    token: str

    def frame_body(self, picture: bytes) -> dict[str, str]:
        """Return the JSON body that submits a frame."""
        return {
            "base64_img": to_base64(picture),
            "participant_id": self.id,
            "meeting_id": self.meeting_id,
        }

    def post_frame(self, picture: bytes) -> httpx.Response:
        """Post a frame, which may be refused."""
        return self.client.post("/detect_faces", json=self.frame_body(picture), headers=bearer(self.token))

    def submit_frame(self, picture: bytes) -> str:
        """Post a frame that must be accepted; return its job id."""
        response = self.post_frame(picture)
        assert response.status_code == 202, response.text
        return str(response.json()["job_id"])

    def try_to_submit(self, picture: bytes) -> str | None:
        """Post a frame; return its job id, or None if it is refused."""
        response = self.post_frame(picture)
        return str(response.json()["job_id"]) if response.status_code == 202 else None

    def try_frame(self, picture: bytes) -> str | None:
        """Post a frame and wait for its verdict; return None if it is refused or not judged in time."""
        job_id = self.try_to_submit(picture)
        if job_id is None:
            return None
        job = self.get_job(job_id, wait=8)
        return job.json()["verdict"] if job.is_success else None

    def judge_frame(self, picture: bytes) -> dict[str, Any]:
        """Submit a frame; return its job once workers have ended it."""
        return self.wait_for_job(self.submit_frame(picture))

    def wait_for_job(self, job_id: str) -> dict[str, Any]:
        """Poll a job, also through errors, until it has ended; return it."""

        def poll() -> dict[str, Any] | None:
            response = self.get_job(job_id, wait=5)
            job: dict[str, Any] = response.json() if response.is_success else {}
            return job if job.get("status") not in {None, "queued", "running"} else None

        return wait_until(poll, "the job ends", 4 * VISIBILITY_SECONDS)

    def get_job(self, job_id: str, wait: float = 0) -> httpx.Response:
        """Read a job, waiting up to `wait` seconds for it to end."""
        return self.client.get(f"/jobs/{job_id}", params={"wait": wait}, headers=bearer(self.token))


@dataclass(frozen=True)
class Exam:
    """A meeting and its admin key."""

    client: httpx.Client
    id: str
    admin_key: str

    @classmethod
    def create(cls, client: httpx.Client, title: str = "Algebra I") -> Self:
        """Create a meeting."""
        response = client.post("/meetings", json={"title": title})
        assert response.status_code == 201, response.text
        return cls(client, response.json()["data"]["id"], response.json()["admin_id"])

    def join(self, name: str = "Ada") -> CandidateClient:
        """Add a candidate."""
        response = self.client.post(f"/meetings/{self.id}/participants", json={"name": name})
        assert response.status_code == 201, response.text
        return CandidateClient(
            self.client, self.id, response.json()["participant_id"], response.json()["token"]
        )

    def get_people(self) -> list[dict[str, Any]]:
        """Return the list of people, as the admin sees it."""
        answer = self.client.get(f"/meetings/{self.id}/people", headers=bearer(self.admin_key))
        people: list[dict[str, Any]] = answer.json()["people"]
        return people

    def send_message(self, text: str, to: CandidateClient | None = None) -> httpx.Response:
        """Send a message to one candidate, or to all."""
        body = {"text": text, "participant_id": to.id if to else None}
        return self.client.post(f"/meetings/{self.id}/messages", json=body, headers=bearer(self.admin_key))

    def erase(self, participant_id: str) -> httpx.Response:
        """Erase a person; repeat the call to learn the progress."""
        path = f"/meetings/{self.id}/participants/{participant_id}"
        return self.client.delete(path, headers=bearer(self.admin_key))

    def get_audit_log(self) -> list[dict[str, Any]]:
        """Return the audit log, newest entry first."""
        answer = self.client.get(f"/meetings/{self.id}/audit", headers=bearer(self.admin_key))
        entries: list[dict[str, Any]] = answer.json()["entries"]
        return entries

    def has_stored_evidence(self) -> bool:
        """Return whether there are flags and all of their evidence is stored."""
        response = self.get_flags()
        flags = response.json()["flags"] if response.is_success else []
        return bool(flags) and {flag["evidence"] for flag in flags} == {"stored"}

    def get_stored_flags(self) -> list[dict[str, Any]]:
        """Return the first page's flags whose evidence is stored."""
        return [flag for flag in self.get_flags().json()["flags"] if flag["evidence"] == "stored"]

    def get_flags(self, **params: str | int) -> httpx.Response:
        """Return a page of the flagged list, as the admin sees it."""
        return self.client.get(f"/meetings/{self.id}/flags", params=params, headers=bearer(self.admin_key))
