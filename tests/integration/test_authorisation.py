"""The authorisation matrix: every endpoint with every kind of credentials.

long: one table of all endpoints.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi.routing import APIWebSocketRoute, iter_route_contexts
from sqlalchemy import Engine
from starlette.routing import Mount

from api.app import create_app
from api.auth.tokens import VALID_FOR, Bearer, Tokens
from shared.db.tables import Role
from shared.settings import Settings
from tests.conftest import SECRET
from tests.support.exam import ONE_FACE, TWO_FACES, CandidateClient, Exam, bearer
from tests.support.gateway_thread import serve_gateway
from tests.support.jobs import judge_frame
from tests.support.ws_client import live_connection
from worker.engines.engine import Detectors
from worker.frames.judging import Judging
from worker.frames.meeting_rules import MeetingRules
from worker.runtime.jobs import Jobs
from worker.runtime.redis import connect_redis

OPERATOR_KEY = "the key of the operator"

ROLES = (
    *("nobody", "candidate", "other candidate", "another meeting's candidate", "admin", "admin's token"),
    *("another meeting's admin", "expired token", "forged token", "operator"),
)

ADMIN_ALONE = "401 401 401 401 200 401 401 401 401 401"
ADMIN_WITHOUT_ANSWER = "401 401 401 401 204 401 401 401 401 401"
ADMIN_AND_SELF = "401 200 404 404 200 404 401 401 401 401"

# The status for each of ROLES, in that order, or a single one if it is the same for all.
# No worker runs beside this gateway.
PRINTED = ADMIN_ALONE.replace("200", "503")
NOT_DECIDED = ADMIN_ALONE.replace("200", "409")
READER = {"name": "Grace", "email": "grace@example.org"}

# For the WebSocket it is the close code, or 101 when the connection stays open.
EXPECTED = {
    "POST /meetings": "401 401 401 401 401 401 401 401 401 201",
    "GET /meetings/{meeting_id}": "200",
    "POST /meetings/{meeting_id}/participants": "201 401 401 401 201 401 401 401 401 401",
    "POST /meetings/{meeting_id}/rejoin": "401 200 200 404 404 200 404 401 401 404",
    "POST /meetings/{meeting_id}/leave": "401 204 204 404 404 204 404 401 401 404",
    "GET /meetings/{meeting_id}/rules": ADMIN_ALONE,
    "PATCH /meetings/{meeting_id}/rules": ADMIN_ALONE,
    "POST /meetings/{meeting_id}/rules/preview": ADMIN_ALONE,
    "GET /meetings/{meeting_id}/people": ADMIN_ALONE,
    "GET /meetings/{meeting_id}/messages": ADMIN_ALONE,
    "GET /meetings/{meeting_id}/messages/{message_id}/unacknowledged": ADMIN_ALONE,
    "GET /meetings/{meeting_id}/messages/{message_id}/silent": ADMIN_ALONE,
    "POST /meetings/{meeting_id}/messages/{message_id}/receipt": "401 204 404 404 401 401 401 401 401 401",
    "POST /meetings/{meeting_id}/messages": "401 401 401 401 201 401 401 401 401 401",
    "GET /meetings/{meeting_id}/notes": ADMIN_ALONE,
    "POST /meetings/{meeting_id}/notes": "401 401 401 401 201 401 401 401 401 401",
    "GET /meetings/{meeting_id}/flags": ADMIN_ALONE,
    "GET /meetings/{meeting_id}/precision": ADMIN_ALONE,
    "GET /meetings/{meeting_id}/report.csv": ADMIN_ALONE,
    "GET /meetings/{meeting_id}/report.pdf": PRINTED,
    "GET /meetings/{meeting_id}/participants/{participant_id}/record": ADMIN_ALONE,
    "GET /meetings/{meeting_id}/participants/{participant_id}/pictures": ADMIN_ALONE,
    "GET /meetings/{meeting_id}/participants/{participant_id}/report.json": ADMIN_ALONE,
    "GET /meetings/{meeting_id}/participants/{participant_id}/report.pdf": PRINTED,
    "GET /precision": "401 401 401 401 401 401 401 401 401 200",
    "GET /meetings/{meeting_id}/inbox": ADMIN_ALONE,
    "GET /meetings/{meeting_id}/incidents": ADMIN_ALONE,
    "GET /meetings/{meeting_id}/incidents/{incident_id}": ADMIN_ALONE,
    "POST /meetings/{meeting_id}/incidents/{incident_id}/review": ADMIN_ALONE,
    "GET /meetings/{meeting_id}/flags.csv": ADMIN_ALONE,
    "GET /meetings/{meeting_id}/flags/{flag_id}": ADMIN_ALONE,
    "POST /meetings/{meeting_id}/flags/{flag_id}/review": ADMIN_ALONE,
    "WebSocket /meetings/{meeting_id}/live": "4401 101 101 4404 101 4401 4401 4401 4401 4401",
    "POST /detect_faces": "401 202 404 404 401 401 401 401 401 401",
    "GET /jobs/{job_id}": "401 200 404 404 200 404 404 401 401 404",
    "GET /evidence/{evidence_id}": "401 404 404 404 200 404 404 401 401 404",
    "PATCH /meetings/{meeting_id}": ADMIN_ALONE,
    "GET /meetings/{meeting_id}/audit": ADMIN_ALONE,
    "GET /meetings/{meeting_id}/decisions": ADMIN_ALONE,
    "GET /meetings/{meeting_id}/participants/{participant_id}/decision": ADMIN_ALONE,
    "POST /meetings/{meeting_id}/participants/{participant_id}/decision": ADMIN_ALONE,
    "POST /meetings/{meeting_id}/participants/{participant_id}/decision/reopen": NOT_DECIDED,
    "GET /meetings/{meeting_id}/audit.log": ADMIN_ALONE,
    "GET /meetings/{meeting_id}/participants/{participant_id}/timeline": ADMIN_AND_SELF,
    "PUT /meetings/{meeting_id}/participants/{participant_id}/break": ADMIN_ALONE,
    "DELETE /meetings/{meeting_id}/participants/{participant_id}/break": ADMIN_WITHOUT_ANSWER,
    "POST /meetings/{meeting_id}/interruptions": "401 204 204 404 401 401 401 401 401 401",
    "GET /meetings/{meeting_id}/participants/{participant_id}/export": ADMIN_ALONE,
    "DELETE /meetings/{meeting_id}/participants/{participant_id}": "401 401 401 401 202 401 401 401 401 401",
    "POST /meetings/{meeting_id}/erasures": "401 401 401 401 202 401 401 401 401 401",
    # These take their key in the body or in the link.
    "POST /multiple_faces_list": ADMIN_ALONE,
    "POST /is_admin": "200",
    "GET /thumbnails/{participant_id}": "401",
    "GET /thumbnails/flags/{evidence_id}": "401",
    # Open to all: they reveal nothing about anyone.
    "GET /healthz": "200",
    "GET /readyz": "200",
    "GET /metrics": "200",
    "GET /openapi.json": "200",
    "GET /docs": "200",
    "GET /docs/oauth2-redirect": "200",
    "GET /": "200",
    "GET /meeting/{meeting_id}": "200",
    "GET /meeting/{meeting_id}/review": "200",
    "GET /meeting/{meeting_id}/people/{participant_id}": "200",
    "GET /assets": "404",
    "GET /static-offline-docs": "404",
}


@dataclass(frozen=True)
class Scene:
    """A meeting with a flag and a message, and the credentials of each role."""

    exam: Exam
    candidate: CandidateClient
    job_id: str
    flag_id: int
    incident_id: int
    evidence_id: UUID
    message_id: str
    keys: dict[str, str]

    def fill_in(self, path: str) -> str:
        """Return the path with the ids of this scene."""
        return path.format(
            meeting_id=self.exam.id,
            participant_id=self.candidate.id,
            job_id=self.job_id,
            flag_id=self.flag_id,
            incident_id=self.incident_id,
            evidence_id=self.evidence_id,
            message_id=self.message_id,
        )


def body_of(scene: Scene, path: str, key: str) -> object:
    """Return the body to send; `key` is for endpoints that take it in the body."""
    claim = {"meeting_id": scene.exam.id, "admin_id": key}
    bodies: dict[str, object] = {
        "/meetings/{meeting_id}/participants/{participant_id}/break": {"minutes": 10},
        "/meetings": {"title": "Algebra II"},
        "/meetings/{meeting_id}": {"evidence_retention_days": 7},
        "/meetings/{meeting_id}/erasures": {"participant_ids": [scene.candidate.id]},
        "/meetings/{meeting_id}/participants": {"name": "Mallory"},
        "/meetings/{meeting_id}/messages/{message_id}/receipt": {"acknowledged": False},
        "/meetings/{meeting_id}/messages": {"text": "Five minutes."},
        "/meetings/{meeting_id}/notes": {"text": "Back at 10:40.", "author": "Grace"},
        "/meetings/{meeting_id}/flags/{flag_id}/review": {"decision": "confirmed"},
        "/meetings/{meeting_id}/incidents/{incident_id}/review": {"decision": "confirmed"},
        "/meetings/{meeting_id}/rules": {"faces_allowed": 1},
        "/meetings/{meeting_id}/rules/preview": {"faces_allowed": 2},
        "/meetings/{meeting_id}/participants/{participant_id}/decision": {
            "outcome": "clear",
            "reason_code": "no_concern",
            "reader": READER,
        },
        "/meetings/{meeting_id}/participants/{participant_id}/decision/reopen": {
            "reason": "A second look.",
            "reader": READER,
        },
        "/meetings/{meeting_id}/interruptions": {
            "interruptions": [{"type": "network", "started_seconds_ago": 90, "ended_seconds_ago": 10}]
        },
        "/multiple_faces_list": claim,
        "/is_admin": claim,
        "/detect_faces": scene.candidate.frame_body(ONE_FACE),
    }
    return bodies.get(path)


def request_status(scene: Scene, endpoint: str, key: str | None) -> int:
    """Return the status of the answer, or the WebSocket's close code."""
    method, path = endpoint.split(" ", 1)
    if method == "WebSocket":
        return connect_status(scene, key)
    if method == "DELETE" or path.endswith(("/erasures", "/reopen")):
        # A new participant each time: one who is erased, or decided about, would give another answer.
        scene = replace(scene, candidate=scene.exam.join("Zoe"))
    response = scene.exam.client.request(
        method,
        scene.fill_in(path),
        headers=bearer(key) if key else {},
        json=body_of(scene, path, key or "") if method in {"POST", "PATCH", "PUT"} else None,
        params={"signature": key or ""} if path.startswith("/thumbnails") else {"wait": 1},
    )
    return response.status_code


def connect_status(scene: Scene, key: str | None) -> int:
    with live_connection(scene.exam.client, scene.exam.id) as page:
        page.send({"type": "hello", "credentials": key or ""})
        return 101 if page.is_welcomed() else page.wait_closed()[0]


@pytest.fixture(scope="module")
def pages(directory: Path) -> Path:
    """A directory that stands for the built pages."""
    pages = directory / "pages"
    (pages / "assets").mkdir(parents=True)
    (pages / "index.html").write_text("<!doctype html>")
    return pages


@pytest.fixture(scope="module")
def client(settings: Settings, database: Engine, pages: Path) -> Iterator[httpx.Client]:  # noqa: ARG001 - migrated
    changes = {"operator_key": OPERATOR_KEY, "pages_path": pages}
    with (
        serve_gateway(Settings(**dict(settings) | changes)) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        yield client


@pytest.fixture(autouse=True)
def _reset_rate_limits(settings: Settings) -> None:
    """Each test sends more wrong keys than one address may send in a minute."""
    with connect_redis(settings) as redis:
        for key in redis.scan_iter("limit:*"):
            redis.delete(key)


def create_exam(client: httpx.Client) -> Exam:
    answer = client.post("/meetings", json={"title": "Algebra I"}, headers=bearer(OPERATOR_KEY)).json()
    return Exam(client, answer["data"]["id"], answer["admin_id"])


@pytest.fixture(scope="module")
def scene(
    client: httpx.Client, settings: Settings, database: Engine, jobs: Jobs, detectors: Detectors
) -> Scene:
    redis = connect_redis(settings)
    redis.flushdb()
    judging = Judging(
        jobs=jobs,
        redis=redis,
        rules=MeetingRules(redis, database, settings.rules),
        database=database,
        detectors=detectors,
        max_pixels=settings.max_frame_pixels,
        send_upload=lambda _: None,
    )
    exam, elsewhere = create_exam(client), create_exam(client)
    candidate = exam.join()
    job_id = candidate.submit_frame(TWO_FACES)
    judge_frame(judging, UUID(job_id))
    [flag] = exam.get_flags().json()["flags"]
    bearer_of_candidate = Bearer(UUID(exam.id), UUID(candidate.id), Role.CANDIDATE)
    admin = client.post(
        f"/meetings/{exam.id}/participants", json={"name": "Ivy"}, headers=bearer(exam.admin_key)
    )
    return Scene(
        exam,
        candidate,
        job_id,
        flag["id"],
        flag["incident_id"],
        UUID(httpx.URL(flag["img_url"]).path.rpartition("/")[2]),
        exam.send_message("Ten minutes left.").json()["id"],
        {
            "candidate": candidate.token,
            "other candidate": exam.join("Bob").token,
            "another meeting's candidate": elsewhere.join().token,
            "admin": exam.admin_key,
            "admin's token": admin.json()["token"],
            "another meeting's admin": elsewhere.admin_key,
            "expired token": Tokens(SECRET).issue(
                bearer_of_candidate, datetime.now(UTC) - VALID_FOR - timedelta(seconds=1)
            ),
            "forged token": Tokens(SECRET[::-1]).issue(bearer_of_candidate),
            "operator": OPERATOR_KEY,
        },
    )


def served_endpoints(pages: Path) -> set[str]:
    """Return each method and path, including those missing from the OpenAPI document."""
    app = create_app(Settings(pages_path=pages))
    served = {
        f"{method.upper()} {path}" for path, routes in app.openapi()["paths"].items() for method in routes
    }
    for context in iter_route_contexts(app.routes):
        match context.original_route:
            case APIWebSocketRoute():
                served.add(f"WebSocket {context.path}")
            case Mount(path=path):
                served.add(f"GET {path}")
            case _:
                served |= {f"{method} {context.path}" for method in (context.methods or set()) - {"HEAD"}}
    return served


def test_every_endpoint_is_in_the_matrix(pages: Path) -> None:
    assert set(EXPECTED) == served_endpoints(pages)


@pytest.mark.parametrize("endpoint", EXPECTED)
def test_each_role_gets_the_expected_status(scene: Scene, endpoint: str) -> None:
    expected = EXPECTED[endpoint].split() * (1 if " " in EXPECTED[endpoint] else len(ROLES))

    answers = {who: request_status(scene, endpoint, scene.keys.get(who)) for who in ROLES}

    assert answers == dict(zip(ROLES, map(int, expected), strict=True))


def test_long_poll_does_not_reveal_that_a_job_exists(scene: Scene) -> None:
    stranger = CandidateClient(
        scene.exam.client, scene.exam.id, "", scene.keys["another meeting's candidate"]
    )

    existing = stranger.get_job(scene.job_id, wait=20)
    unknown = stranger.get_job(str(uuid4()), wait=20)

    assert existing.json() == unknown.json()
    assert existing.status_code == 404


def test_almost_right_key_is_refused(scene: Scene) -> None:
    admin, operator = scene.exam.admin_key, OPERATOR_KEY

    for almost in (admin[:-1], f"{admin}x", admin.swapcase(), scene.exam.id, "undefined"):
        assert request_status(scene, "GET /meetings/{meeting_id}/flags", almost) == 401
        assert request_status(scene, "POST /multiple_faces_list", almost) == 401
        assert request_status(scene, "POST /meetings/{meeting_id}/participants", almost) == 401
    for almost in (operator[:-1], f"{operator}!", operator.upper()):
        assert request_status(scene, "POST /meetings", almost) == 401


def test_is_admin_is_true_for_the_admin_only(scene: Scene) -> None:
    def answer(who: str) -> bool:
        keys = {"meeting_id": scene.exam.id, "admin_id": scene.keys.get(who, "")}
        return bool(scene.exam.client.post("/is_admin", json=keys).json()["admin"])

    assert [who for who in ROLES if answer(who)] == ["admin"]
