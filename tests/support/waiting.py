"""Waiting for a condition that another process brings about."""

import socket
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(poll: Callable[[], T | None], condition: str, seconds: float = 120) -> T:
    """Return the first truthy result of `poll`. The limit ends a failed test; it measures nothing."""
    deadline = time.monotonic() + seconds
    pause = 0.02
    while True:
        result = poll()
        if result:
            return result
        assert time.monotonic() < deadline, f"{condition}: not within {seconds:.0f} s, last result {result!r}"
        time.sleep(pause)
        pause = min(1.3 * pause, 0.25)  # a poll is often a request: what is waited for needs the processor


def is_listening(port: int) -> bool:
    """Return whether a server listens on this port of the loopback interface."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True
