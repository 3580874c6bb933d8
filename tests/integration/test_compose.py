"""The services of docker-compose.yml, run without containers."""

import re
import subprocess
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml
from dotenv import dotenv_values
from sqlalchemy import Engine, text
from uv import find_uv_bin

from dev.pages import build
from dev.stack.processes import ROOT
from dev.stack.servers import Server
from shared.shards import parse_shards
from tests.support.compose import Compose, read_services
from tests.support.exam import TWO_FACES, Exam, bearer
from tests.support.nginx import find_program
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow

OPERATOR_KEY = "the-key-of-the-operator-32-characters"
BY_HAND = {
    "SECRET_KEY": "a secret of this installation, 32 characters or more",
    "OPERATOR_KEY": OPERATOR_KEY,
    "POSTGRES_PASSWORD": "p@ss/word",
}


def dotenv() -> dict[str, str]:
    """Return the variables of `.env`, created as the first lines of docker-compose.yml say."""
    example = dotenv_values(ROOT / ".env.example")
    return {name: value or "" for name, value in example.items()} | BY_HAND


@pytest.fixture
def programs() -> Iterator[dict[str, Path]]:
    """Map each Dockerfile to the programs of its image, installed from its own requirements."""
    # Not in pytest's directory, which is kept: the programs take half a gigabyte.
    with tempfile.TemporaryDirectory(prefix="proctor-tests-") as name:
        directory = Path(name)
        # First, because the test is skipped if they are missing.
        programs = {"frontend/Dockerfile": link(["nginx", "wget"], directory / "frontend")}
        programs |= {f"{side}/Dockerfile": install(side, directory / side) for side in ("api", "worker")}
        yield programs


def link(names: list[str], directory: Path) -> Path:
    """Create a directory with links to these programs only."""
    directory.mkdir()
    for name in names:
        (directory / name).symlink_to(find_program(name))
    return directory


def install(side: str, environment: Path) -> Path:
    """Install a side as its Dockerfile does; return the directory of its programs."""
    venv.create(environment, symlinks=True)
    python = ["--python", str(environment / "bin" / "python")]
    wanted = ["--constraint", "constraints.txt", "--requirement", f"requirements-{side}.txt"]
    subprocess.run([find_uv_bin(), "pip", "install", "--quiet", *python, *wanted], cwd=ROOT, check=True)
    return environment / "bin"


@pytest.fixture
def compose(
    tmp_path: Path, postgres_server: Server, database: Engine, programs: dict[str, Path]
) -> Iterator[Compose]:
    compose = Compose(tmp_path, postgres_server, programs, build(), dotenv())
    image = compose.services["postgres"].environment
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # The image does the same at its first start.
        connection.execute(text(f"CREATE ROLE {image['POSTGRES_USER']} SUPERUSER LOGIN"))
        connection.execute(text(f"CREATE DATABASE {image['POSTGRES_DB']} OWNER {image['POSTGRES_USER']}"))
    yield compose
    compose.down()


def test_frame_is_processed_and_services_stop_cleanly(compose: Compose) -> None:
    compose.up()
    wait_until(lambda: compose.is_healthy("pages"), "the pages are healthy")

    with httpx.Client(base_url=f"http://127.0.0.1:{compose.port}", timeout=60) as client:
        exam = create_exam(client)
        candidate = exam.join()
        job = candidate.judge_frame(TWO_FACES)
        [flag] = wait_until(lambda: stored_flags(compose, exam), "the evidence is stored")
        picture = client.get(flag["img_url"]).content
        assert compose.is_healthy("worker")

    assert (job["status"], job["verdict"], job["faces"]) == ("done", "multiple_faces", 2)
    assert flag["job_id"] == job["job_id"]
    assert picture == TWO_FACES
    assert [file.read_bytes() for file in (compose.volumes / "evidence").iterdir()] == [TWO_FACES]
    assert compose.down() == dict.fromkeys(
        ("redis", "migrate", "api", "pages", "worker", "evidence", "scheduler"), 0
    )


def create_exam(client: httpx.Client) -> Exam:
    """Create a meeting, which in production only the operator may do."""
    assert client.post("/meetings", json={"title": "Algebra I"}).status_code == 401
    answer = client.post("/meetings", json={"title": "Algebra I"}, headers=bearer(OPERATOR_KEY)).json()
    return Exam(client, answer["data"]["id"], answer["admin_id"])


def stored_flags(compose: Compose, exam: Exam) -> list[dict[str, str]]:
    compose.check()
    return exam.get_stored_flags()


@pytest.mark.parametrize("name", BY_HAND)
def test_missing_secret_stops_the_start(name: str) -> None:
    with pytest.raises(LookupError, match=f"{name}: .+ in .env|{name}: .+ to .env"):
        read_services(dotenv() | {name: ""})


def test_worker_service_can_be_scaled() -> None:
    worker = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["worker"]

    # Each of these would have to be unique.
    assert not worker.keys() & {"container_name", "hostname", "ports"}
    assert "frames@%h" in worker["command"]


def test_pages_are_published_on_ipv4_and_ipv6() -> None:
    file = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    pages = file["services"]["pages"]

    assert {port.rpartition(":8000:")[0] for port in pages["ports"]} == {"127.0.0.1", "[::1]"}
    assert all(file["networks"][network]["enable_ipv6"] for network in pages["networks"])


def test_services_share_the_database_password() -> None:
    services = read_services(dotenv())
    password = services["postgres"].environment["POSTGRES_PASSWORD"]

    assert {service.environment["PGPASSWORD"] for service in services.values() if service.env_file} == {
        password
    }


@pytest.mark.parametrize("name", read_services(dotenv()))
def test_containers_are_hardened(name: str) -> None:
    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.keys() & {"privileged", "cap_add", "devices", "network_mode", "pid"}
    # Our own images set the user in their Dockerfiles (tests/unit/test_dockerfiles.py).
    assert "build" in service or service["user"] not in {"root", "0"}


def test_example_of_other_servers_reaches_every_service() -> None:
    guide = (ROOT / "docs/operations.md").read_text()
    [example] = re.findall(r"```yaml\n(x-servers.+?)```", guide, re.DOTALL)
    override = yaml.safe_load(example)
    services = read_services(dotenv())

    assert set(override["services"]) == {name for name, service in services.items() if service.env_file}
    for name, service in override["services"].items():
        assert service["environment"].keys() <= services[name].environment.keys()
    assert override["networks"] == {"servers": {"internal": False}}


def test_profile_has_a_worker_for_each_further_shard() -> None:
    guide = (ROOT / "docs/operations.md").read_text()
    [urls] = [
        line.removeprefix("SHARD_URLS=") for line in guide.splitlines() if line.startswith("SHARD_URLS=")
    ]
    first, *further = parse_shards(urls)
    base = read_services(dotenv())
    services = read_services(dotenv() | {"SHARD_URLS": urls}, profile="shards")

    assert base["api"].environment["REDIS_URL"] == "redis://redis:6379/0"
    assert first.url == "redis://redis:6379/0"
    for shard in further:
        redis, worker = services.pop(f"redis-{shard.name}"), services.pop(f"worker-{shard.name}")
        assert shard.url == f"redis://redis-{shard.name}:6379/0"
        assert redis.volumes == [f"redis-{shard.name}:/data"]
        assert redis.command == base["redis"].command
        assert worker.command == base["worker"].command
        assert worker.environment == base["worker"].environment | {
            "REDIS_URL": urls,
            "SHARD": shard.name,
        }
    assert services == {}
