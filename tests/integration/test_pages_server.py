"""A real nginx, with the configuration of its image, in front of a real gateway."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from api.pages import page_headers
from dev.pages import build
from dev.stack.ports import free_port
from dev.stack.processes import Process
from shared.settings import Settings, VideoProvider
from tests.support.exam import ONE_FACE, Exam, assert_problem, bearer
from tests.support.nginx import IPV6, KUBERNETES_GATEWAY_CONF, serve_pages
from tests.support.ws_client import authenticated_connection

FILE_HEADERS = {
    *("accept-ranges", "connection", "content-length", "content-type", "date", "etag", "last-modified"),
    *("server", "transfer-encoding", "vary"),
}


@pytest.fixture
def server(gateway: httpx.Client, tmp_path: Path) -> Iterator[Process]:
    with serve_pages(tmp_path, gateway.base_url.netloc.decode()) as process:
        yield process


@pytest.fixture
def client(server: Process) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.name, timeout=60) as client:
        yield client


# -- the pages


@pytest.mark.parametrize(
    "address", ["/", "/meeting/e5f0", "/meeting/e5f0/", "/meeting/e5f0/review", "/meeting/e5f0/people/ada/"]
)
def test_every_page_address_has_the_gateways_headers(client: httpx.Client, address: str) -> None:
    assert_page(client, address, VideoProvider.NONE)


@pytest.mark.parametrize("provider", [VideoProvider.DYTE, VideoProvider.REALTIMEKIT])
def test_policy_allows_the_configured_vendor(tmp_path: Path, provider: VideoProvider) -> None:
    with (
        serve_pages(tmp_path, f"127.0.0.1:{free_port()}", provider=provider) as server,
        httpx.Client(base_url=server.name, timeout=60) as client,
    ):
        assert_page(client, "/meeting/e5f0", provider)

    assert "cloudflare" in str(page_headers(provider))
    assert "cloudflare" not in str(page_headers(VideoProvider.NONE))


def test_empty_provider_means_none(tmp_path: Path) -> None:
    with (
        serve_pages(tmp_path, f"127.0.0.1:{free_port()}", provider="") as server,
        httpx.Client(base_url=server.name, timeout=60) as client,
    ):
        assert_page(client, "/meeting/e5f0", VideoProvider.NONE)


def assert_page(client: httpx.Client, address: str, provider: VideoProvider) -> None:
    page = client.get(address, headers={"Accept-Encoding": "identity"})

    assert page.content == (build() / "index.html").read_bytes()
    assert page.headers["Content-Type"].startswith("text/html")
    headers = {name: value for name, value in page.headers.items() if name not in FILE_HEADERS}
    assert headers == {name.lower(): value for name, value in page_headers(provider).items()}


def test_hashed_assets_are_cached_for_a_year(client: httpx.Client) -> None:
    for file in (build() / "assets").glob("index-*"):
        asset = client.get(f"/assets/{file.name}")

        assert asset.content == file.read_bytes()
        assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert asset.headers["Content-Encoding"] == "gzip"


def test_unhashed_assets_are_revalidated(client: httpx.Client) -> None:
    icon = client.get("/assets/icon.svg")

    assert icon.headers["Content-Type"] == "image/svg+xml"
    assert icon.headers["Cache-Control"] == "no-cache"
    assert client.get("/assets/icon.svg", headers={"If-None-Match": icon.headers["ETag"]}).status_code == 304


def test_asset_of_an_older_version_gets_404(client: httpx.Client) -> None:
    assert_problem(client.get("/assets/index-00000000.js"), 404)


def test_opened_link_gets_an_error_page(client: httpx.Client) -> None:
    missing = client.get("/nothing/at/all", headers={"Accept": "text/html,*/*;q=0.8"})

    assert missing.status_code == 404
    assert missing.content == (build() / "index.html").read_bytes()  # whose scripts say so
    assert "script-src" not in missing.headers["Content-Security-Policy"]
    assert_problem(client.get("/nothing/at/all"), 404)


def test_opened_link_of_an_absent_gateway_gets_a_page(tmp_path: Path) -> None:
    with (
        serve_pages(tmp_path, f"127.0.0.1:{free_port()}") as server,
        httpx.Client(base_url=server.name, timeout=60) as client,
    ):
        page = client.get("/docs", headers={"Accept": "text/html,*/*;q=0.8"})

        assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
        assert page.headers["Content-Type"].startswith("text/html")
        assert "busy or restarting" in page.text


# -- addresses


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_nginx_listens_on_ipv4_and_ipv6(server: Process, host: str) -> None:
    if "::" in host and not Path(IPV6).exists():
        pytest.skip("IPv6 is NOT tested: this kernel has none")

    assert httpx.get(f"http://{host}:{httpx.URL(server.name).port}/", timeout=60).status_code == 200


def test_nginx_starts_without_kernel_ipv6(tmp_path: Path) -> None:
    with serve_pages(tmp_path, f"127.0.0.1:{free_port()}", ipv6=False) as server:
        assert httpx.get(server.name, timeout=60).status_code == 200

    assert "::" not in (tmp_path / "listen.conf").read_text()


# -- the gateway behind nginx


def test_long_poll_passes_through_nginx(client: httpx.Client) -> None:
    candidate = Exam.create(client).join()
    job_id = candidate.submit_frame(ONE_FACE)

    began = time.monotonic()
    job = candidate.get_job(job_id, wait=2)

    assert job.json()["status"] == "queued"
    assert time.monotonic() - began >= 2


def test_etag_passes_through_nginx(client: httpx.Client) -> None:
    exam = Exam.create(client)
    seen = exam.get_flags()
    headers = bearer(exam.admin_key) | {"If-None-Match": seen.headers["ETag"]}

    assert client.get(seen.request.url, headers=headers).status_code == 304


def test_huge_body_is_refused_before_it_is_sent(server: Process) -> None:
    address = httpx.URL(server.name)
    with socket.create_connection((address.host, address.port or 0), timeout=60) as connection:
        connection.sendall(b"POST /detect_faces HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n")
        answer = connection.recv(65_536)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in answer


def test_too_large_picture_gets_the_gateways_413(client: httpx.Client, settings: Settings) -> None:
    candidate = Exam.create(client).join()

    assert_problem(candidate.post_frame(ONE_FACE + bytes(settings.max_frame_bytes)), 413)


def test_gateway_outage_gets_503_and_logs_no_secret(tmp_path: Path) -> None:
    with (
        serve_pages(tmp_path, f"127.0.0.1:{free_port()}") as server,
        httpx.Client(base_url=server.name, timeout=60) as client,
    ):
        picture = client.get("/evidence/1", params={"signature": "of-a-picture"})

        assert_problem(picture, 503)
        assert int(picture.headers["Retry-After"]) > 0
        assert_problem(client.get("/meetings/e5f0/flags.csv"), 503)
        assert client.get("/").status_code == 200
    assert "of-a-picture" not in server.log.read_text()


def test_kubernetes_configuration_finds_the_gateway(gateway: httpx.Client, tmp_path: Path) -> None:
    with (
        serve_pages(tmp_path, gateway.base_url.netloc.decode(), KUBERNETES_GATEWAY_CONF) as server,
        httpx.Client(base_url=server.name, timeout=60) as client,
    ):
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/meeting/e5f0").content == (build() / "index.html").read_bytes()


# -- what the gateway receives


class _Mirror(BaseHTTPRequestHandler):
    """Answers with the request's headers as JSON."""

    def do_GET(self) -> None:
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def mirrored(tmp_path: Path) -> Iterator[httpx.Client]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Mirror) as mirror, ExitStack() as running:
        threading.Thread(target=mirror.serve_forever).start()
        running.callback(mirror.shutdown)
        server = running.enter_context(serve_pages(tmp_path, f"127.0.0.1:{mirror.server_port}"))
        yield running.enter_context(httpx.Client(base_url=server.name, timeout=60))


def test_gateway_gets_host_address_and_scheme(mirrored: httpx.Client) -> None:
    # As sent by a proxy that terminates TLS.
    sent = {"Host": "exam.example", "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}

    received = mirrored.get("/jobs/1", headers=sent).json()

    assert received["host"] == "exam.example"
    assert (
        received["x-forwarded-for"] == "203.0.113.7, 203.0.113.7"
    )  # the candidate's, and not the proxy's, is what nginx takes for the peer
    assert received["x-forwarded-proto"] == "https"


def test_websocket_messages_pass_through_nginx(client: httpx.Client) -> None:
    exam = Exam.create(client)
    candidate = exam.join()

    with authenticated_connection(client, exam.id, candidate.token) as page:
        exam.send_message("Five minutes.")

        assert page.receive("message")["text"] == "Five minutes."


def test_only_websocket_upgrades_pass(mirrored: httpx.Client) -> None:
    def upgrade(protocol: str) -> tuple[str | None, str | None]:
        headers = {"Connection": "Upgrade", "Upgrade": protocol}
        received = mirrored.get("/meetings/1/live", headers=headers).json()
        return received.get("connection"), received.get("upgrade")

    assert upgrade("websocket") == ("upgrade", "websocket")
    assert upgrade("h2c") == (None, None)
