"""Waiting for what another process will do."""

import socket
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(look: Callable[[], T | None], what: str, seconds: float = 60) -> T:
    """The first truthy thing seen; the limit is there to end a test that has failed, not to time one."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s, last seen {seen!r}"
        time.sleep(0.02)


def answers_on(port: int) -> bool:
    """Whether something listens on this port of the loopback interface."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True
