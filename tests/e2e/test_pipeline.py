"""The whole pipeline: two frames in, one flag out, its evidence opened."""

import time

import httpx

from dev.stack.stack import Stack
from tests.support.exam import ONE_FACE, TWO_FACES, CandidateClient, Exam
from tests.support.waiting import wait_until

Answer = dict[str, object]


def poll_job(candidate: CandidateClient, picture: bytes) -> Answer:
    """Submit a frame and poll its job until it ends, as the tutorial's page does."""
    response = candidate.post_frame(picture)
    assert response.status_code == 202

    def ended() -> Answer | None:
        job: Answer = candidate.client.get(
            response.headers["Location"], headers={"Authorization": f"Bearer {candidate.token}"}
        ).json()
        time.sleep(0.1)
        return None if job["status"] in {"queued", "running"} else job

    return wait_until(ended, "the frame is judged")


def test_frames_lead_to_a_flag_with_evidence(stack: Stack, stack_client: httpx.Client) -> None:
    exam = Exam.create(stack_client)
    alone, with_other = exam.join("Ada 👩🏽‍🚀"), exam.join("דוד")

    ok, flagged = poll_job(alone, ONE_FACE), poll_job(with_other, TWO_FACES)

    assert (ok["status"], ok["verdict"], ok["multiple_detected"], ok["faces"]) == ("done", "ok", False, 1)
    assert (flagged["status"], flagged["flags"], flagged["multiple_detected"], flagged["faces"]) == (
        "done",
        ["multiple_faces"],
        True,
        2,
    )

    # A success is answered again for a second, and the worker may just have started.
    engine = wait_until(lambda: stack_client.get("/readyz").json().get("engine"), "the engine is known")
    assert engine.startswith("dlib-guided, YuNet")

    wait_until(lambda: exam.get_flags().json()["flags"][0]["evidence"] == "stored", "the picture is stored")
    keys = {"meeting_id": exam.id, "admin_id": exam.admin_key}
    (flag,) = exam.get_flags().json()["flags"]
    assert stack_client.post("/multiple_faces_list", json=keys).json() == [flag]
    assert (flag["job_id"], flag["participant_id"]) == (flagged["job_id"], with_other.id)
    assert (flag["participant_name"], flag["kind"], flag["faces"]) == ("דוד", "multiple_faces", 2)
    assert flag["findings"]["engine"] == "dlib-guided"
    assert len(flag["findings"]["faces"]) == 2

    # A browser opens the link without credentials.
    assert flag["img_url"].startswith(f"{stack.url}/evidence/")
    picture = httpx.get(flag["img_url"], trust_env=False, timeout=60)
    assert (picture.status_code, picture.content) == (200, TWO_FACES)
    assert picture.headers["Content-Type"] == "image/jpeg"
