"""Run the pages' nginx as a local process, with the configuration of its image."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from dev.pages import build
from dev.stack.ports import free_port
from dev.stack.processes import ROOT, Process
from tests.support.paths import replace_paths
from tests.support.programs import require_program

CONFIGURATION = ROOT / "frontend/nginx.conf"
COMPOSE_GATEWAY_CONF = ROOT / "frontend/gateway.conf"
KUBERNETES_GATEWAY_CONF = ROOT / "deploy/kubernetes/gateway.conf"
ENVIRONMENT = ROOT / "frontend/environment.conf.template"
SCRIPTS = (ROOT / "frontend/listen.sh", ROOT / "frontend/proxies.sh")
IPV6 = "/proc/net/if_inet6"

CONNECTIONS = 4_096
"""The limit for one address in the configuration."""


def find_program(program: str) -> Path:
    """Return the path of a program of the pages' image."""
    return require_program(program, tested="the pages' server", package="nginx-light wget")


def write_nginx_conf(
    directory: Path,
    paths: Mapping[str, str],
    gateway_conf: Path = COMPOSE_GATEWAY_CONF,
    provider: str = "none",
    public_url: str = "",
    proxies: str = "",
) -> Path:
    """Write nginx.conf to `directory`, with the image's paths replaced by `paths`.

    `gateway_conf` locates the gateway; the other arguments are variables of the image's entrypoint.
    """
    included = directory / "gateway.conf"
    included.write_text(replace_paths(gateway_conf.read_text(), paths))
    values = {"${VIDEO_PROVIDER}": provider, "${PUBLIC_URL}": public_url}
    environment = Path(replace_paths("/tmp/environment.conf", paths))
    environment.write_text(replace_paths(ENVIRONMENT.read_text(), values))
    for script in SCRIPTS:  # the image's entrypoint runs them in the same way
        command = ["/bin/sh", "-c", replace_paths(script.read_text(), paths)]
        subprocess.run(command, check=True, env={**os.environ, "TRUSTED_PROXIES": proxies})
    paths = {**paths, "/etc/nginx/gateway.conf": str(included)}
    file = directory / "nginx.conf"
    # Started by root, nginx would switch to nobody, who can't read the tests' directories.
    user = "user root;\n" if os.geteuid() == 0 else ""
    file.write_text(user + replace_paths(CONFIGURATION.read_text(), paths))
    return file


@contextmanager
def serve_pages(
    directory: Path,
    gateway: str,
    gateway_conf: Path = COMPOSE_GATEWAY_CONF,
    provider: str = "none",
    *,
    public_url: str = "",
    proxies: str = "",
    ipv6: bool = True,
    connections: int = CONNECTIONS,
) -> Iterator[Process]:
    """Yield the server's process, whose name is its URL. `gateway` is `host:port`.

    Without `ipv6` it runs as on a kernel without IPv6. `connections` is the limit for one address.
    """
    port = free_port()
    paths = {
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
            find_program("nginx"),
            "-g",
            "daemon off;",
            "-c",
            write_nginx_conf(directory, paths, gateway_conf, provider, public_url, proxies),
        ],
        log=directory / "nginx.log",
        environment={},
        # A killed master leaves its workers running.
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
