"""Run the gateway, on IPv4 and IPv6 unless --host is given."""

import argparse
import errno
import gc
import os
import socket
import sys
from tempfile import TemporaryDirectory

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from shared.db.pool_sizes import gateway_pool_size
from shared.metrics import MULTIPROCESS_DIRECTORY
from shared.settings import Settings, read_settings

HTTP = "api.server.http_protocol:HttpProtocol"

WILDCARD_ADDRESSES = {socket.AF_INET: "0.0.0.0", socket.AF_INET6: "::"}  # noqa: S104 - containers are isolated
DEFAULT_PROCESSES = min(2, os.cpu_count() or 1)
"""While one is replaced, the other goes on. More gateways are further containers."""
NO_IPV6 = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}


def main() -> None:
    """Serve until stopped by a signal."""
    options = _parse_options()
    try:
        sockets = listen(options.port, options.host)
    except OSError as error:
        sys.exit(f"The gateway can't listen on port {options.port}: {error}.")
    settings = read_settings()
    # For the server processes, which do not know how many they are.
    os.environ["GATEWAY_POOL_SIZE"] = str(gateway_pool_size(settings, options.workers))
    config = _create_config(settings, options.workers)
    started = _serve_in_processes(config, sockets) if options.workers > 1 else _serve(config, sockets)
    if not started:
        sys.exit(STARTUP_FAILURE)


def _serve(config: uvicorn.Config, sockets: list[socket.socket]) -> bool:
    """Serve until stopped; return False if the gateway could not start."""
    # Until the application has started: what is imported is no garbage, and looking for some takes a fifth.
    gc.disable()
    server = uvicorn.Server(config)
    server.run(sockets)
    return server.started


def _serve_in_processes(config: uvicorn.Config, sockets: list[socket.socket]) -> bool:
    """As `_serve`, in several processes. One that ends or hangs is replaced, unless it could not start."""
    with TemporaryDirectory(prefix="proctor-metrics-") as directory:
        # Without it `/metrics` would show the counters of the process that happens to answer.
        os.environ.setdefault(MULTIPROCESS_DIRECTORY, directory)
        supervisor = Multiprocess(config, sockets)
        supervisor.run()
    return all(process.exitcode != STARTUP_FAILURE for process in supervisor.processes)


def _create_config(settings: Settings, workers: int) -> uvicorn.Config:
    proxies = settings.trusted_proxies
    return uvicorn.Config(
        "api.asgi:create",
        factory=True,
        http=HTTP,
        workers=workers,
        # With uvicorn's 5 s for a health check a worker process that starts slowly would be killed.
        timeout_worker_healthcheck=30,
        # Abort long polls (`?wait=`) at shutdown rather than wait for them.
        timeout_graceful_shutdown=5,
        ws_max_size=65_536,
        # It would contain the signatures of picture links.
        access_log=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=[str(network) for network in proxies],
    )


def listen(port: int, host: str | None = None) -> list[socket.socket]:
    """Open the listening sockets; without `host` one for IPv4, and one for IPv6 if the kernel supports it.

    A single dual-stack socket would show IPv4 clients as `::ffff:…`, which no list of trusted proxies
    contains, and depends on the sysctl `net.ipv6.bindv6only`.
    """
    if host is not None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return [socket.create_server((host, port), family=family)]
    sockets = []
    for family, address in WILDCARD_ADDRESSES.items():
        try:
            sockets.append(socket.create_server((address, port), family=family))
        except OSError as error:
            if family is not socket.AF_INET6 or error.errno not in NO_IPV6:
                raise
    return sockets


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m api.server", description=__doc__)
    parser.add_argument("--host", help="the only address to listen on")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--workers",
        type=int,
        default=DEFAULT_PROCESSES,
        metavar="N",
        help=f"number of server processes ({DEFAULT_PROCESSES})",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
