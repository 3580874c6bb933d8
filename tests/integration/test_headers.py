"""Security headers: CORS and Content-Security-Policy."""

from collections.abc import Callable

import httpx
import pytest
from redis import Redis

from api.app import create_app
from api.pages import page_headers
from shared.settings import Settings, VideoProvider
from tests.support.exam import ONE_FACE, Exam, assert_problem, bearer

NOTHING = "default-src 'none'; frame-ancestors 'none'"
PAGE = "https://exam.example"


@pytest.fixture
def open_gateway(settings: Settings, other_gateway: Callable[[Settings], httpx.Client]) -> httpx.Client:
    """A gateway that another origin may call."""
    return other_gateway(Settings(**dict(settings) | {"cors_origins": (PAGE,)}))


def origin_allowed(client: httpx.Client, origin: str) -> str | None:
    answer = client.get("/jobs/none", headers={"Origin": origin})
    assert_problem(answer, 401)
    allowed: str | None = answer.headers.get("Access-Control-Allow-Origin")
    return allowed


def test_other_origins_are_refused_by_default(gateway: httpx.Client) -> None:
    assert origin_allowed(gateway, "https://evil.example") is None
    preflight = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = gateway.options("/detect_faces", headers=preflight)
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_configured_origins_are_allowed(open_gateway: httpx.Client) -> None:
    assert origin_allowed(open_gateway, PAGE) == PAGE
    assert origin_allowed(open_gateway, "https://evil.example") is None


def policy_of(answer: httpx.Response) -> str:
    """Check the other security headers and return the Content-Security-Policy."""
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    return str(answer.headers["Content-Security-Policy"])


def test_every_answer_has_security_headers(gateway: httpx.Client, exam: Exam) -> None:
    answers = [
        gateway.get("/healthz"),
        gateway.get("/metrics"),
        gateway.get("/nothing"),
        gateway.get("/jobs/none"),
        gateway.post("/detect_faces", content=bytes(4_000_000)),
        exam.get_flags(),
        gateway.get("/openapi.json"),
        gateway.get("/"),
    ]

    assert {policy_of(answer) for answer in answers} == {NOTHING}


def test_server_error_has_the_usual_headers(open_gateway: httpx.Client, redis: Redis) -> None:
    candidate = Exam.create(open_gateway).join()
    job_id = candidate.submit_frame(ONE_FACE)
    redis.hset(f"job:{job_id}", "status", "no status of ours")

    answer = open_gateway.get(f"/jobs/{job_id}", headers=bearer(candidate.token) | {"Origin": PAGE})

    assert assert_problem(answer, 500) == "something went wrong on the server; it has been logged"
    assert policy_of(answer) == NOTHING
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE


def test_every_method_of_a_route_passes_the_preflight(open_gateway: httpx.Client, settings: Settings) -> None:
    paths = create_app(settings).openapi()["paths"]

    for method in {method.upper() for operations in paths.values() for method in operations}:
        answer = open_gateway.options(
            "/jobs/none", headers={"Origin": PAGE, "Access-Control-Request-Method": method}
        )
        assert answer.status_code == 200, method


def test_preflight_has_the_usual_headers(open_gateway: httpx.Client) -> None:
    preflight = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}

    answer = open_gateway.options("/detect_faces", headers=preflight)

    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert policy_of(answer) == NOTHING


def test_documentation_has_a_strict_policy(gateway: httpx.Client) -> None:
    directives = policy_of(gateway.get("/docs")).split("; ")

    assert "default-src 'self'" in directives
    assert "frame-ancestors 'none'" in directives


@pytest.mark.parametrize("provider", VideoProvider)
def test_pages_policy_allows_only_own_scripts(provider: VideoProvider) -> None:
    content = page_headers(provider)["Content-Security-Policy"]
    directives = dict(part.split(" ", 1) for part in content.split("; "))

    assert directives["default-src"] == "'self'"
    # If missing, the default applies; a video vendor may add hosts.
    for directive in ("script-src", "style-src", "connect-src"):
        assert not {"*", "https:", "http:", "data:"} & set(directives.get(directive, "").split())
    assert "'unsafe-inline'" not in directives.get("script-src", "")
    assert "'unsafe-eval'" not in content.replace("'wasm-unsafe-eval'", "")
    assert [directives[name] for name in ("base-uri", "frame-ancestors", "object-src")] == ["'none'"] * 3
