"""Which paths a real nginx, with the configuration of its image, forwards to the gateway."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from api.app import create_app
from dev.stack.processes import Process
from shared.settings import Settings
from tests.support.nginx import serve_pages

INTERNAL = {"/metrics"}
"""For operators, at the gateway itself."""
PAGES = {"/"}
"""Served by nginx itself."""

AN_ID = "0193a5b0-9c4e-7d33-8a5e-111111111111"
PUBLIC = re.compile(
    r"/(detect_faces|multiple_faces_list|is_admin|healthz|readyz|docs|openapi\.json"
    r"|(meetings|jobs|evidence|thumbnails|static-offline-docs)(/[\w.-]+)*)",
    re.ASCII,
)

NAMES = [
    "/metrics",
    "/METRICS",
    "/Metrics",
    "/%6detrics",
    "/m%65trics",
    "/%6D%65%74%72%69%63%73",
    "/%256detrics",
]
INSERTIONS = [f"%{byte:02x}" for byte in range(256)] + [
    *(
        "/",
        "//",
        "/.",
        "/./",
        "/..",
        "/../",
        ".",
        "..",
        ";",
        ";a=b",
        ";/",
        "#",
        "?",
        "\\",
        "%",
        "%2",
        "%u000a",
    ),
    *("%c0%af", "%e2%80%8b", "%ef%bc%8f", "%252f", "%250a", "%0d%0a", "%0a%0a", "%2f%2e%2e%2f", "%2e%2e/"),
]
TRAVERSALS = [
    *("/jobs/../metrics", "/jobs/%2e%2e/metrics", "/jobs/..%2fmetrics", "/jobs%2f..%2fmetrics"),
    *(
        "/jobs/..;/metrics",
        "/jobs/.%2e/metrics",
        "/jobs/x/../../metrics",
        "/jobs//..//metrics",
        "/jobs\\..\\metrics",
    ),
    *("/assets/../metrics", "/assets/..%2fmetrics", "/assets/%2e%2e/metrics", "/meeting/../metrics"),
    *(
        "/docs/../metrics",
        "/metrics/../metrics",
        "/./metrics",
        "/%2e/metrics",
        "/../metrics",
        "/healthz/../metrics",
    ),
    *("/jobs/x%0d%0aGET%20/metrics%20HTTP/1.1%0d%0a%0d%0a", "/jobs/x?/../metrics", "/jobs/x#/../../metrics"),
    *(
        "http://x/metrics",
        "http://gateway:8000/metrics",
        "http://x//metrics",
        "http://x/%6detrics",
        "*",
        "metrics",
    ),
    *("//x/metrics", "/x/metrics", "/api/metrics", "/metrics/jobs/x", "/jobs/x/%2e%2e/%2e%2e/metrics%0a"),
    *(
        "/metrics/../jobs/x",
        "/metrics%0a/../jobs/x",
        "/metrics%2f..%2fjobs%2fx",
        "/metrics/..%2fjobs/x",
        "/%2fmetrics",
    ),
]


def spellings() -> list[str]:
    """Return request targets that a server might take for /metrics."""
    inserted = [
        spelling
        for insert in INSERTIONS
        for spelling in (
            *(f"/metrics{insert}", f"/metrics{insert}/", f"/{insert}metrics", f"{insert}/metrics"),
            f"/metri{insert}cs",
        )
    ]
    return [*NAMES, *TRAVERSALS, *inserted]


def send_raw(server: Process, request: bytes) -> bytes:
    """Send a request unchanged, which httpx would normalise; return the answer."""
    address = httpx.URL(server.name)
    with socket.create_connection((address.host, address.port or 0), timeout=60) as connection:
        connection.sendall(request)
        return connection.makefile("rb").read()


class _Upstream(ThreadingHTTPServer):
    """Stands for the gateway and records the request targets."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.targets: list[str] = []


class _Answer(BaseHTTPRequestHandler):
    def handle_one_request(self) -> None:
        self.close_connection = True
        if target := self.rfile.readline().split():
            assert isinstance(self.server, _Upstream)
            self.server.targets.append(target[1].decode("latin-1"))
            while self.rfile.readline().strip():
                pass
            self.wfile.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")


@pytest.fixture
def running() -> Iterator[ExitStack]:
    with ExitStack() as running:
        yield running


@pytest.fixture
def upstream(running: ExitStack) -> _Upstream:
    upstream = running.enter_context(_Upstream())
    threading.Thread(target=upstream.serve_forever).start()
    running.callback(upstream.shutdown)
    return upstream


@pytest.fixture
def server(running: ExitStack, upstream: _Upstream, tmp_path: Path) -> Process:
    return running.enter_context(serve_pages(tmp_path, f"127.0.0.1:{upstream.server_port}"))


def test_no_spelling_of_metrics_is_forwarded(server: Process, upstream: _Upstream) -> None:
    for target in spellings():
        before = len(upstream.targets)

        send_raw(server, f"GET {target} HTTP/1.0\r\nHost: x\r\n\r\n".encode())

        for forwarded in upstream.targets[before:]:
            assert PUBLIC.fullmatch(forwarded.partition("?")[0]), f"{target!r} became {forwarded!r}"


def test_no_spelling_reveals_the_gateways_metrics(gateway: httpx.Client, tmp_path: Path) -> None:
    head = "Host: gateway:8000\r\nConnection: close"
    with serve_pages(tmp_path, gateway.base_url.netloc.decode()) as server:
        for target in spellings():
            answer = send_raw(server, f"GET {target} HTTP/1.1\r\n{head}\r\n\r\n".encode())

            assert b"proctor_" not in answer, target
        refused = send_raw(server, b"GET /metrics%0a HTTP/1.0\r\n\r\n")

        old = send_raw(server, b"GET /healthz HTTP/1.0\r\n\r\n")

    assert refused.startswith(b"HTTP/1.1 404 ")
    assert b"application/problem+json" in refused
    assert old.startswith(b"HTTP/1.1 200 ")


def public_paths() -> list[str]:
    """Return the paths of all public routes, with an id for each parameter."""
    app = create_app(Settings())
    paths = [context.path or "" for context in iter_route_contexts(app.routes)]
    paths += [f"{route.path}/swagger-ui.css" for route in app.routes if isinstance(route, Mount)]
    return [re.sub(r"\{\w+\}", AN_ID, path) for path in paths if path and path not in INTERNAL | PAGES]


@pytest.mark.parametrize("slash", ["", "/"])
def test_every_public_route_is_forwarded_unchanged(server: Process, upstream: _Upstream, slash: str) -> None:
    for path in public_paths():
        upstream.targets.clear()

        send_raw(server, f"OPTIONS {path}{slash}?a=%2F&b HTTP/1.0\r\nHost: x\r\n\r\n".encode())

        assert upstream.targets == [f"{path}?a=%2F&b"], f"frontend/nginx.conf does not forward {path}"


def test_public_routes_are_found() -> None:
    live = f"/meetings/{AN_ID}/live"

    assert {"/detect_faces", "/docs", "/openapi.json", live} <= set(public_paths())
    assert len(public_paths()) > 20


@pytest.mark.parametrize(
    ("method", "path", "is_upgraded"),
    [
        ("GET", f"/meetings/{AN_ID}/live", True),
        ("POST", f"/meetings/{AN_ID}/live", False),
        ("GET", f"/jobs/{AN_ID}", False),
        ("POST", "/detect_faces", False),
    ],
)
def test_only_the_live_route_is_upgraded(
    running: ExitStack, tmp_path: Path, method: str, path: str, *, is_upgraded: bool
) -> None:
    listener = running.enter_context(socket.create_server(("127.0.0.1", 0)))
    server = running.enter_context(serve_pages(tmp_path, f"127.0.0.1:{listener.getsockname()[1]}"))
    address = httpx.URL(server.name)
    client = running.enter_context(socket.create_connection((address.host, address.port or 0)))
    upgrade = "Connection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13"
    client.sendall(f"{method} {path} HTTP/1.1\r\nHost: x\r\n{upgrade}\r\n\r\n".encode())

    received = running.enter_context(listener.accept()[0]).recv(65_536).lower()

    assert (b"\r\nupgrade: websocket\r\n" in received) is is_upgraded
    assert (b"\r\nconnection: upgrade\r\n" in received) is is_upgraded
