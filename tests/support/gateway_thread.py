"""The gateway over real HTTP, in a thread of the test process."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from api.app import create_gateway
from api.server.__main__ import HTTP
from dev.stack.ports import free_port
from shared.settings import Settings

START_SECONDS = 60
STOP_SECONDS = 30


@contextmanager
def serve_gateway(settings: Settings) -> Iterator[str]:
    """Yield the base URL of a gateway with these settings."""
    port = free_port()
    config = uvicorn.Config(
        create_gateway(settings),
        host="127.0.0.1",
        port=port,
        http=HTTP,
        log_config=None,
        timeout_graceful_shutdown=1,
        # By default both uvicorn and httpx give up an idle connection after 5 s: now and then the client
        # would send on one that the server is just closing.
        timeout_keep_alive=60,
    )
    server = uvicorn.Server(config)
    # A daemon, and not waited for without limit: a gateway that hangs must not keep the tests from ending.
    thread = threading.Thread(target=server.run, name="gateway", daemon=True)
    thread.start()
    try:
        _wait_until_started(server, thread)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(STOP_SECONDS)


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        assert thread.is_alive(), "the gateway ended before it answered"
        assert time.monotonic() < deadline, "the gateway did not start"
        time.sleep(0.01)
