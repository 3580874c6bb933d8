"""The server of the pages as a process of this machine, with the configuration that its image has."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from dev.pages import build
from dev.stack.ports import free_port
from dev.stack.processes import ROOT, Process
from tests.support.paths import replace_paths

CONFIGURATION = ROOT / "frontend/nginx.conf"
IN_COMPOSE = ROOT / "frontend/gateway.conf"
IN_KUBERNETES = ROOT / "deploy/kubernetes/gateway.conf"
ENVIRONMENT = ROOT / "frontend/environment.conf.template"
LISTEN = ROOT / "frontend/listen.sh"
IPV6 = "/proc/net/if_inet6"

CONNECTIONS = 4_096
"""Of one address, in the configuration."""


def find(program: str) -> Path:
    """Where a program of the pages' image is; without it the test is left out, but not in CI."""
    # Debian's nginx is not where an ordinary user looks.
    found = shutil.which(program, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    if found is None:
        missing = (
            f"The pages' server is NOT tested: there is no {program}. On Debian: apt install nginx-light wget"
        )
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return Path(found)


def write_configuration(
    directory: Path,
    places: Mapping[str, str],
    way: Path = IN_COMPOSE,
    provider: str = "none",
    public_url: str = "",
) -> Path:
    """Its file in `directory`, with `places` for those in the image.

    `way` says how it finds the gateway; `provider` and `public_url` are what the image's entrypoint is told.
    """
    included = directory / "gateway.conf"
    included.write_text(replace_paths(way.read_text(), places))
    values = {"${VIDEO_PROVIDER}": provider, "${PUBLIC_URL}": public_url}
    environment = Path(replace_paths("/tmp/environment.conf", places))
    environment.write_text(replace_paths(ENVIRONMENT.read_text(), values))
    # As the image's entrypoint runs it.
    subprocess.run(["/bin/sh", "-c", replace_paths(LISTEN.read_text(), places)], check=True)
    places = {**places, "/etc/nginx/gateway.conf": str(included)}
    file = directory / "nginx.conf"
    # Root's nginx would become nobody, to whom the directories of tests are closed.
    user = "user root;\n" if os.geteuid() == 0 else ""
    file.write_text(user + replace_paths(CONFIGURATION.read_text(), places))
    return file


@contextmanager
def serve_pages(
    directory: Path,
    gateway: str,
    way: Path = IN_COMPOSE,
    provider: str = "none",
    *,
    public_url: str = "",
    ipv6: bool = True,
    connections: int = CONNECTIONS,
) -> Iterator[Process]:
    """Yields the server's process, named for where it answers; `gateway` is a host and a port.

    Without `ipv6` it runs as it would where the kernel has none. One address may hold so many `connections`.
    """
    port = free_port()
    places = {
        "8080": str(port),
        "api:8000": gateway,
        "/srv/pages": str(build()),
        "/tmp/": f"{directory}/",
        f"limit_conn connections {CONNECTIONS}": f"limit_conn connections {connections}",
        IPV6: IPV6 if ipv6 else "/proc/net/nothing",
    }
    process = Process(
        f"http://127.0.0.1:{port}",
        [
            find("nginx"),
            "-g",
            "daemon off;",
            "-c",
            write_configuration(directory, places, way, provider, public_url),
        ],
        log=directory / "nginx.log",
        environment={},
        # A master that is killed leaves its workers behind.
        orphan_signal=signal.SIGTERM,
        answers=lambda: _answers(port),
    )
    try:
        process.start()
        yield process
    finally:
        process.stop()


def _answers(port: int) -> bool:
    try:
        httpx.get(f"http://127.0.0.1:{port}/", timeout=60)
    except httpx.TransportError:
        return False
    return True
