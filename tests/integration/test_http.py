"""HTTP of old and unusual clients: HEAD, HTTP/1.0, upgrades, ambiguous requests."""

import re
import socket
import time
from collections.abc import Callable
from uuid import UUID

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from api.app import create_app
from dev.pages import build
from shared.settings import Settings
from tests.support.exam import CandidateClient, Exam, assert_problem

AN_ID = "0193a5b0-9c4e-7d33-8a5e-111111111111"
FILES = {"/static-offline-docs": "swagger-ui.css", "/assets": "icon.svg"}
Answer = tuple[str, dict[str, str], bytes]


def send(client: httpx.Client, request: str) -> Answer:
    """Send a request and return the answer's status line, headers and body."""
    url = client.base_url
    with socket.create_connection((url.host, url.port or 0), timeout=30) as connection:
        connection.sendall(request.encode("latin-1"))
        head, _, body = connection.makefile("rb").read().partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").lower().split("\r\n")
    return status, dict(line.split(": ", 1) for line in lines), body


@pytest.fixture
def with_pages(settings: Settings, other_gateway: Callable[[Settings], httpx.Client]) -> httpx.Client:
    return other_gateway(Settings(**dict(settings) | {"pages_path": build()}))


@pytest.fixture
def read(with_pages: httpx.Client, exam: Exam) -> Callable[[str, str, str], Answer]:
    """Sends a request as the admin of `exam`."""

    def read(method: str, path: str, version: str) -> Answer:
        headers = f"Host: x\r\nAuthorization: Bearer {exam.admin_key}\r\nConnection: close"
        return send(with_pages, f"{method} {path} HTTP/{version}\r\n{headers}\r\n\r\n")

    return read


@pytest.fixture
def readable(exam: Exam, flagged: Callable[[CandidateClient], UUID]) -> list[str]:
    """A path of each route that supports GET."""
    candidate = exam.join()
    flagged(candidate)
    [flag] = exam.get_flags().json()["flags"]
    ids = {"meeting_id": exam.id, "participant_id": candidate.id, "job_id": flag["job_id"]}
    routes = create_app(Settings(pages_path=build())).routes
    paths = [
        route.path for route in iter_route_contexts(routes) if route.path and "GET" in (route.methods or ())
    ]
    paths += [f"{route.path}/{FILES[route.path]}" for route in routes if isinstance(route, Mount)]
    picture = httpx.URL(flag["img_url"]).raw_path.decode()
    paths = [re.sub(r"\{(\w+)\}", lambda name: ids.get(name[1], AN_ID), path) for path in paths]
    # No worker runs here: a report would wait for one.
    return [picture, *(f"{path}?wait=1" for path in paths)]


def test_head_matches_get_on_every_route(
    read: Callable[[str, str, str], Answer], readable: list[str]
) -> None:
    assert len(readable) > 20
    answered = set()
    for path in readable:
        status, headers, _ = read("GET", path, "1.1")

        head_status, head_headers, body = read("HEAD", path, "1.1")

        assert (head_status, body) == (status, b""), path
        assert head_headers.get("content-type") == headers.get("content-type"), path
        assert ("content-length" in head_headers) is ("content-length" in headers), path
        answered.add(status)
    assert "http/1.1 200 ok" in answered
    assert "http/1.1 405 method not allowed" not in answered


def test_http_1_0_answers_have_a_length(read: Callable[[str, str, str], Answer], readable: list[str]) -> None:
    """HTTP/1.0 has no chunked encoding: a client would save chunk lengths as part of the file."""
    for path in readable:
        _, headers, body = read("GET", path, "1.0")

        assert "transfer-encoding" not in headers, path
        assert int(headers["content-length"]) == len(body), path


def test_head_without_get_gets_405(gateway: httpx.Client) -> None:
    answer = gateway.head("/detect_faces")

    assert (answer.status_code, answer.headers["Allow"], answer.content) == (405, "POST", b"")


def test_head_is_not_in_the_openapi_document(gateway: httpx.Client) -> None:
    paths = gateway.get("/openapi.json").json()["paths"]

    assert not [path for path, methods in paths.items() if "head" in methods]


@pytest.mark.parametrize("path", ["/metrics%0a", "/metrics%0a/", "/healthz%0A//", "/docs%0a"])
def test_path_with_a_newline_gets_404(gateway: httpx.Client, path: str) -> None:
    assert_problem(gateway.get(path), 404)


# -- other protocols


BODY = b'{"meeting_id":"none","admin_id":"none"}'
LENGTH = f"Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY
CHUNKS = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)


@pytest.mark.parametrize("body", [LENGTH, CHUNKS], ids=["length", "chunks"])
@pytest.mark.parametrize(
    "upgrade",
    [
        b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
        b"Connection: upgrade\r\nUpgrade: TLS/1.0\r\n",
        b"Connection: Upgrade\r\nUpgrade: websocket\r\n",  # valid only with GET
    ],
    ids=["h2c", "tls", "websocket"],
)
def test_body_is_read_despite_an_upgrade_header(gateway: httpx.Client, upgrade: bytes, body: bytes) -> None:
    request = b"POST /is_admin HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + upgrade + body
    last = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    for parts in ([request + request + last], [request[:-50], request[-50:], request + last]):
        answered = exchange(gateway, parts)

        assert answered.count(b"HTTP/1.1 200 OK") == 3
        assert answered.count(b'{"admin":false}') == 2
        assert answered.endswith(b'{"status":"ok"}')


def exchange(client: httpx.Client, parts: list[bytes]) -> bytes:
    """Send the parts on one connection and return everything received."""
    url = client.base_url
    with socket.create_connection((url.host, url.port or 0), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            connection.sendall(part)
            time.sleep(0.05)  # so that the parts arrive separately
        return connection.makefile("rb").read()


# -- ambiguous requests, as in request smuggling

POST = b"POST /is_admin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
AMBIGUOUS = {
    "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "a length twice": POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "a list of lengths": POST + b"Content-Length: 5, 5\r\n\r\nhello",
    "a signed length": POST + b"Content-Length: +5\r\n\r\nhello",
    "a negative length": POST + b"Content-Length: -5\r\n\r\nhello",
    "a length in hex": POST + b"Content-Length: 0x5\r\n\r\nhello",
    "an endless length": POST + b"Content-Length: 99999999999999999999\r\n\r\nhello",
    "length and chunks": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "an unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunks not last": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunks twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk's length with 0x": POST + b"Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
    "a folded header": GET + b"A: b\r\n c\r\n\r\n",
    "a space before the colon": GET + b"A : b\r\n\r\n",
    "a newline within a header": GET + b"A: b\rc: d\r\n\r\n",
    "NUL within a header": GET + b"A: b\0c\r\n\r\n",
    "two hosts": GET + b"Host: y\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n",
    "a space within the target": b"GET /healthz x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "a control character in the target": b"GET /healthz\x01 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "no slash": b"GET healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "a tunnel": b"CONNECT /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    "another version": b"GET /healthz HTTP/1.9\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("request_", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_ambiguous_request_is_refused(gateway: httpx.Client, request_: bytes) -> None:
    answered = exchange(gateway, [request_ + GET + b"\r\n"])

    assert answered.startswith(b"HTTP/1.1 400 ")
    assert answered.count(b"HTTP/1.1 ") == 1  # no part was taken for a second request
    assert b"application/problem+json" in answered
    assert b"nosniff" in answered
