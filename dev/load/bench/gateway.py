"""Processor time of a gateway that accepts frames, beside a bare handler that only reads the same body."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from redis import Redis

from dev.load.bench.figure import Figure
from dev.load.bench.frames import Frames
from dev.load.bench.load import NO_LIMITS, send_all
from dev.load.work import read_work
from dev.stack.ports import free_port
from dev.stack.processes import Process
from dev.stack.stack import Stack

FRAMES = 600
ROUNDS = 8


def measure(data: Path) -> Iterator[Figure]:
    """Alternate between a stack whose worker is stopped, and the bare handler."""
    seconds = {"gateway": 0.0, "bare": 0.0}
    with (
        Stack(data, environment=NO_LIMITS, workers=1) as stack,
        Redis.from_url(stack.redis_url) as redis,
        _bare(data) as (bare_url, bare),
    ):
        stack.processes.pop("frames").stop()
        frames = Frames(stack.url)
        sides = {"bare": (bare_url, bare), "gateway": (stack.url, stack.processes["gateway"])}
        for _ in range(ROUNDS):
            for name, (url, process) in sides.items():
                redis.flushdb()
                before = read_work({name: process})[name]
                send_all(url, frames, frames.take(FRAMES))
                seconds[name] += (read_work({name: process})[name] - before).cpu
    gateway_ms, bare_ms = (seconds[name] / (FRAMES * ROUNDS) * 1000 for name in ("gateway", "bare"))
    yield Figure(
        "POST accepted ÷ bare Starlette",
        bare_ms / gateway_ms,
        f"{bare_ms:.2f} ÷ {gateway_ms:.2f} ms of processor time a frame",
        at_least=0.6,
    )


@contextmanager
def _bare(data: Path) -> Iterator[tuple[str, Process]]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    app = "dev.load.bench.bare_gateway:app"
    process = Process(
        "bare",
        [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--no-access-log"],
        log=data / "bare.log",
        environment={},
        answers=lambda: _answers(url),
    )
    process.start()
    try:
        yield url, process
    finally:
        process.stop()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code == httpx.codes.NOT_FOUND
    except httpx.TransportError:
        return False
