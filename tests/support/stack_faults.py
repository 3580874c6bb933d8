"""A stack whose parts tests stop and kill, and waiting for its jobs."""

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from uuid import UUID

import psutil
from PIL import Image
from redis import Redis

from dev.chaos.attempts import read_attempts
from dev.stack.stack import Stack
from dev.vendors.imgur import FakeImgur
from dev.vendors.server import Answer, Call, NoAnswer
from shared.queue import VISIBILITY_SECONDS
from tests.conftest import SECRET
from tests.support.waiting import wait_until

TIMEOUT_SECONDS = 4 * VISIBILITY_SECONDS
"""Redis redelivers a lost message only after `VISIBILITY_SECONDS`."""


class InterruptibleImgur(FakeImgur):
    """Calls `interrupt` once after it has accepted a picture."""

    interrupt: Callable[[], None] | None = None

    def answer(self, call: Call) -> Answer | NoAnswer:
        answer = super().answer(call)
        if self.interrupt:
            interrupt, self.interrupt = self.interrupt, None
            interrupt()
        return answer


@contextmanager
def run_stack(workers: int, **settings: str) -> Iterator[Stack]:
    """Run a separate stack, whose parts tests may stop and kill."""
    environment = {
        **os.environ,
        "SECRET_KEY": SECRET,
        # No frame may be refused or expire because a test is slow.
        "MAX_WAIT_SECONDS": "599",
        "FRAME_TTL_SECONDS": "600",
        **settings,
    }
    with (
        tempfile.TemporaryDirectory(prefix="proctor-tests-") as data,
        Stack(Path(data) / "data", workers=workers, environment=environment) as running,
    ):
        yield running


def wait_for_attempt(faulty: Stack, job_id: str, times: int) -> None:
    """Wait until workers have claimed the job `times` times."""
    with Redis.from_url(faulty.redis_url) as redis:
        wait_until(
            lambda: read_attempts(redis, UUID(job_id)) >= times,
            "it is claimed",
            TIMEOUT_SECONDS,
        )


def make_slow_picture() -> bytes:
    """Return a picture that keeps `dlib-hog` busy for seconds, long enough to kill it."""
    data = BytesIO()
    Image.new("RGB", (2_000, 2_000), "teal").save(data, "JPEG")
    return data.getvalue()


def kill_children(stack: Stack) -> None:
    """Kill the processes that judge frames."""
    for child in psutil.Process(stack.processes["frames"].pid).children():
        child.send_signal(signal.SIGKILL)
