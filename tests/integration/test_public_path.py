"""The whole system below a path, as in PUBLIC_URL=https://example.org/proctor."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from dev.pages import build
from shared.settings import Settings
from tests.support.exam import TWO_FACES, Exam, assert_problem, bearer
from tests.support.jobs import judge_frame
from tests.support.nginx import serve_pages
from tests.support.scrape import scrape
from tests.support.ws_client import authenticated_connection
from worker.frames.judging import Judging

PUBLIC_URL = "https://exam.example/tools/proctor"
PATH = "/tools/proctor"


@pytest.fixture
def below(settings: Settings, other_gateway: Callable[[Settings], httpx.Client]) -> httpx.Client:
    """A gateway below a path that serves the pages itself."""
    return other_gateway(Settings(**dict(settings) | {"public_url": f"{PUBLIC_URL}/", "pages_path": build()}))


@pytest.fixture(params=["gateway", "nginx"])
def server(below: httpx.Client, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "gateway":
        yield str(below.base_url)
        return
    with serve_pages(tmp_path, below.base_url.netloc.decode(), public_url=f"{PUBLIC_URL}/") as process:
        yield process.name


@pytest.fixture(params=[PATH, ""], ids=["path kept", "path stripped"])
def client(server: str, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """A client like a proxy that keeps the path, or strips it."""
    with httpx.Client(base_url=f"{server}{request.param}", timeout=30) as client:
        yield client


def get_public(client: httpx.Client, path: str) -> httpx.Response:
    """Get a public path through `client`, which may already include the prefix."""
    assert path.startswith(f"{PATH}/")
    return client.get(path.removeprefix(PATH))


@pytest.mark.parametrize(
    "address", ["/", "/meeting/e5f0", "/meeting/e5f0/", "/meeting/e5f0/review", "/meeting/e5f0/people/ada/"]
)
def test_pages_load_their_files(client: httpx.Client, address: str) -> None:
    page = client.get(address)

    files = re.findall(r'(?:src|href)="(.+?)"', page.text)
    assert page.status_code == 200
    assert len(files) >= 3
    for file in files:
        assert get_public(client, file).status_code == 200


def test_assets_contain_no_absolute_path() -> None:
    for file in (build() / "assets").iterdir():
        assert not re.search(rb"""["'(]/assets/""", file.read_bytes()), file.name


def test_documentation_loads_its_files(client: httpx.Client) -> None:
    page = client.get("/docs").text

    files = re.findall(r"""(?:src|href)="(.+?)"|url: '(.+?)'""", page)
    assert len(files) == 4
    for file in files:
        assert get_public(client, "".join(file)).status_code == 200
    assert client.get("/openapi.json").json()["servers"] == [{"url": PATH}]


def test_links_in_answers_contain_the_path(client: httpx.Client, judging: Judging) -> None:
    exam = Exam.create(client)
    candidate = exam.join()
    accepted = candidate.post_frame(TWO_FACES)
    judge_frame(judging, UUID(accepted.json()["job_id"]))
    [flag] = exam.get_flags().json()["flags"]

    assert accepted.headers["Location"] == accepted.json()["status_url"]
    assert accepted.headers["Location"] == f"{PATH}/jobs/{accepted.json()['job_id']}"
    assert flag["img_url"].startswith(f"{PUBLIC_URL}/evidence/")
    assert get_public(client, httpx.URL(flag["img_url"]).raw_path.decode()).content == TWO_FACES


def test_websocket_works_below_the_path(client: httpx.Client) -> None:
    exam = Exam.create(client)

    with authenticated_connection(client, exam.id, exam.join().token) as page:
        exam.send_message("Five minutes.")

        assert page.receive("message")["text"] == "Five minutes."


@pytest.mark.parametrize(
    "path", ["/tools/proctorx/healthz", "/tools", "/tools/healthz", f"{PATH}{PATH}/healthz"]
)
def test_other_paths_get_404(server: str, path: str) -> None:
    assert_problem(httpx.get(f"{server}{path}"), 404)


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_path_itself_is_the_home_page(server: str, path: str) -> None:
    assert "<div id=" in httpx.get(f"{server}{path}").text


@pytest.mark.parametrize("path", [f"{PATH}/metrics", f"{PATH}/metrics%0a/", f"{PATH}/../../metrics"])
def test_metrics_are_not_public_below_the_path(below: httpx.Client, tmp_path: Path, path: str) -> None:
    with serve_pages(tmp_path, below.base_url.netloc.decode(), public_url=PUBLIC_URL) as process:
        assert_problem(httpx.get(f"{process.name}{path}"), 404)


def test_refused_frames_are_counted_below_a_path(below: httpx.Client) -> None:
    series = 'proctor_frames_refused_total{reason="not_authorised"}'
    # Gateways of other tests in this process may have counted before.
    before = scrape(f"{below.base_url}/metrics").get(series, 0)

    below.post(f"{PATH}/detect_faces", headers=bearer("nobody"))

    assert scrape(f"{below.base_url}/metrics")[series] == before + 1


def test_home_redirects_to_documentation_without_pages(
    settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    client = other_gateway(Settings(**dict(settings) | {"public_url": PUBLIC_URL}))

    assert client.get(f"{PATH}/").headers["Location"] == f"{PATH}/docs"
