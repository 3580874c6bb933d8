"""The HTTP contract that the original tutorial's clients and our own pages rely on."""

from datetime import datetime
from uuid import UUID

import httpx
import pytest

from tests.support.exam import ONE_FACE, TWO_FACES, CandidateClient, Exam, assert_problem, bearer, to_base64
from tests.support.jobs import judge_frame
from worker.frames.judging import Judging

FLAG_FIELDS = {
    "incident_id",
    "id",
    "job_id",
    "ts",
    "meeting_id",
    "participant_id",
    "participant_name",
    "kind",
    "faces",
    "img_url",
    "thumbnail_url",
    "evidence",
    "review",
    "verdict",
    "findings",
}
slash = pytest.mark.parametrize("slash", ["", "/"])


@slash
def test_meeting_is_created_with_an_admin_key(gateway: httpx.Client, slash: str) -> None:
    response = gateway.post(f"/meetings{slash}", json={"title": "Algebra I"})

    body = response.json()
    assert response.status_code == 201
    assert set(body) == {"data", "admin_id"}
    assert set(body["data"]) == {"id", "title", "created_at"}
    assert body["data"]["title"] == "Algebra I"
    assert UUID(body["data"]["id"])
    assert len(body["admin_id"]) >= 22  # 128 bits in base64


@slash
def test_candidate_joins(exam: Exam, slash: str) -> None:
    response = exam.client.post(
        f"/meetings/{exam.id}/participants{slash}", json={"name": "Ada", "preset_name": "group_call_host"}
    )

    body = response.json()
    assert response.status_code == 201
    assert set(body) == {"participant_id", "role", "token", "frame_interval_ms", "video"}
    assert body["role"] == "candidate"
    assert body["frame_interval_ms"] == 5_000
    assert body["video"]["provider"] == "none"


def test_admin_joins_with_the_admin_key(exam: Exam) -> None:
    response = exam.client.post(
        f"/meetings/{exam.id}/participants", json={"name": "Ivy"}, headers=bearer(exam.admin_key)
    )

    assert (response.status_code, response.json()["role"]) == (201, "admin")


@slash
def test_is_admin_tells_a_right_key_from_a_wrong_one(exam: Exam, slash: str) -> None:
    def ask(meeting_id: str, admin_id: str) -> object:
        return exam.client.post(
            f"/is_admin{slash}", json={"meeting_id": meeting_id, "admin_id": admin_id}
        ).json()

    assert ask(exam.id, exam.admin_key) == {"admin": True}
    assert ask(exam.id, exam.admin_key + "x") == {"admin": False}
    assert ask("no meeting", exam.admin_key) == {"admin": False}


@slash
@pytest.mark.parametrize("prefix", ["", "data:image/jpeg;base64,"])
def test_frame_is_accepted(candidate: CandidateClient, slash: str, prefix: str) -> None:
    body = {
        **candidate.frame_body(ONE_FACE),
        "base64_img": prefix + to_base64(ONE_FACE),
        "participant_name": "Ada",
    }

    response = candidate.client.post(f"/detect_faces{slash}", json=body, headers=bearer(candidate.token))

    answer = response.json()
    assert response.status_code == 202
    assert set(answer) == {"job_id", "status", "status_url", "next_frame_in_ms"}
    assert answer["status"] == "queued"
    assert response.headers["Location"] == answer["status_url"] == f"/jobs/{answer['job_id']}"
    assert candidate.get_job(answer["job_id"]).status_code == 200


@slash
def test_queued_job_has_no_verdict_yet(candidate: CandidateClient, slash: str) -> None:
    job_id = candidate.submit_frame(ONE_FACE)

    response = candidate.client.get(f"/jobs/{job_id}{slash}", headers=bearer(candidate.token))

    assert response.status_code == 200
    assert response.json() == {
        "job_id": job_id,
        "status": "queued",
        "id": candidate.id,
        "multiple_detected": None,
        "faces": None,
        "flags": [],
        "verdict": None,
        "face_hidden": None,
        "picture": None,
        "findings": None,
        "error": None,
        "next_frame_in_ms": None,
        "messages": [],
    }


@pytest.mark.parametrize(
    ("picture", "faces", "flags", "verdict"),
    [(ONE_FACE, 1, [], "ok"), (TWO_FACES, 2, ["multiple_faces"], "multiple_faces")],
)
def test_done_job_has_the_verdict(
    exam: Exam, judging: Judging, picture: bytes, faces: int, flags: list[str], verdict: str
) -> None:
    candidate = exam.join()
    job_id = candidate.submit_frame(picture)
    judge_frame(judging, UUID(job_id))

    job = candidate.get_job(job_id).json()

    assert len(job["findings"]["faces"]) == faces
    assert job == {
        "job_id": job_id,
        "status": "done",
        "id": candidate.id,
        "multiple_detected": bool(flags),
        "faces": faces,
        "flags": flags,
        "verdict": verdict,
        "face_hidden": False,
        "picture": "good",
        "findings": job["findings"],
        "error": None,
        "next_frame_in_ms": None,
        "messages": [],
    }
    assert exam.client.get(f"/jobs/{job_id}", headers=bearer(exam.admin_key)).json() == job


@slash
def test_flag_list_is_the_same_in_both_forms(exam: Exam, judging: Judging, slash: str) -> None:
    candidate = exam.join()
    job_id = candidate.submit_frame(TWO_FACES)
    judge_frame(judging, UUID(job_id))
    keys = {"meeting_id": exam.id, "admin_id": exam.admin_key}

    page = exam.client.get(f"/meetings/{exam.id}/flags{slash}", headers=bearer(exam.admin_key))
    flags = exam.client.post(f"/multiple_faces_list{slash}", json=keys)

    assert (page.status_code, flags.status_code) == (200, 200)
    assert page.json() == {"flags": flags.json(), "next": None}
    (flag,) = flags.json()
    assert set(flag) == FLAG_FIELDS
    assert (flag["job_id"], flag["participant_id"], flag["participant_name"]) == (job_id, candidate.id, "Ada")
    assert (flag["kind"], flag["verdict"], flag["faces"]) == ("multiple_faces", "multiple_faces", 2)
    assert datetime.fromisoformat(flag["ts"]).tzinfo
    assert set(flag["findings"]) >= {
        "engine",
        "version",
        "thresholds",
        "width",
        "height",
        "faces",
        "decode_ms",
        "detect_ms",
    }
    assert set(flag["findings"]["faces"][0]) == {
        "box",
        "score",
        "dlib",
        "confirmed",
        "landmarks",
        "mouth_angle",
    }


def test_unchanged_flag_list_answers_304(exam: Exam, judging: Judging) -> None:
    candidate = exam.join()

    def poll(etag: str) -> httpx.Response:
        headers = {**bearer(exam.admin_key), "If-None-Match": etag}
        return exam.client.get(f"/meetings/{exam.id}/flags", headers=headers)

    etag = exam.get_flags().headers["ETag"]
    assert poll(etag).status_code == 304
    assert poll(etag).content == b""
    # A compressing proxy makes the tag weak, and a cache may send several tags.
    assert poll(f"W/{etag}").status_code == 304
    assert poll(f'"another", {etag}').status_code == 304

    judge_frame(judging, UUID(candidate.submit_frame(TWO_FACES)))

    assert poll(etag).status_code == 200
    assert len(poll(etag).json()["flags"]) == 1


@slash
def test_evidence_opens_by_its_link(exam: Exam, judging: Judging, slash: str) -> None:
    judge_frame(judging, UUID(exam.join().submit_frame(TWO_FACES)))
    link = httpx.URL(exam.get_flags().json()["flags"][0]["img_url"])

    response = exam.client.get(f"{link.path}{slash}", params=link.params)

    assert (response.status_code, response.content) == (200, TWO_FACES)
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@slash
def test_health_and_readiness_are_ok(gateway: httpx.Client, slash: str) -> None:
    assert gateway.get(f"/healthz{slash}").json() == {"status": "ok"}
    assert gateway.get(f"/readyz{slash}").json() == {"postgres": "ok", "redis": "ok"}


def test_404_and_405_are_problem_documents(gateway: httpx.Client) -> None:
    assert_problem(gateway.get("/nothing"), 404)
    assert_problem(gateway.get("/detect_faces"), 405)


def test_documentation_opens(gateway: httpx.Client) -> None:
    assert gateway.get("/", follow_redirects=True).url.path == "/docs"
    assert "swagger" in gateway.get("/docs").text


def test_every_route_is_described_with_its_errors(gateway: httpx.Client) -> None:
    paths = gateway.get("/openapi.json").json()["paths"]

    assert set(paths) >= {
        "/meetings",
        "/meetings/{meeting_id}/participants",
        "/meetings/{meeting_id}/flags",
        "/is_admin",
        "/detect_faces",
        "/jobs/{job_id}",
        "/multiple_faces_list",
        "/evidence/{evidence_id}",
        "/healthz",
        "/readyz",
    }
    for path, routes in paths.items():
        for route in routes.values():
            assert route["description"]
            assert path in {"/healthz", "/metrics"} or "503" in route["responses"], path
            assert "requestBody" not in route or "413" in route["responses"], path


def test_every_error_refers_to_the_problem_schema(gateway: httpx.Client) -> None:
    document = gateway.get("/openapi.json").json()
    errors = [
        answer
        for path, routes in document["paths"].items()
        for route in routes.values()
        for status, answer in route["responses"].items()
        if status >= "400" and path != "/readyz"
    ]

    assert errors
    assert {"Problem", "FieldError"} <= set(document["components"]["schemas"])
    for error in errors:
        answer = document["components"]["responses"][error["$ref"].rpartition("/")[2]]
        assert set(answer["content"]) == {"application/problem+json"}, error
        schema = answer["content"]["application/problem+json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/Problem"}
