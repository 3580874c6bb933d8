"""Throughput of a gateway process, beside a bare handler that reads the same body and answers."""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from operator import truediv
from pathlib import Path
from statistics import median

import httpx
import psutil
from redis import Redis

from dev.load.bench.figure import Figure
from dev.load.bench.load import NO_LIMITS, SECRET, frame_requests, send_all
from dev.stack.ports import free_port
from dev.stack.processes import Process
from dev.stack.stack import Stack

FRAMES = 600
ROUNDS = 20


@dataclass
class Side:
    """One of the two servers that are compared."""

    url: str
    process: Process
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: float = 0.0

    def send(self, requests: list[bytes]) -> None:
        """Send all requests, and record the time."""
        process = psutil.Process(self.process.pid)
        before, started = process.cpu_times(), time.perf_counter()
        send_all(self.url, requests)
        self.seconds.append(time.perf_counter() - started)
        after = process.cpu_times()
        self.cpu_seconds += after.user + after.system - before.user - before.system


def measure(data: Path) -> Iterator[Figure]:
    """Alternate between a stack whose worker is stopped, and the bare handler."""
    environment = {"SECRET_KEY": SECRET} | NO_LIMITS
    with ExitStack() as running:
        stack = running.enter_context(Stack(data, environment=environment, workers=1))
        stack.processes.pop("frames").stop()
        redis = running.enter_context(Redis.from_url(stack.redis_url))
        bare = _bare(data)
        running.callback(bare.process.stop)
        gateway = Side(stack.url, stack.processes["gateway"])
        requests = frame_requests(SECRET, FRAMES)
        for _ in range(ROUNDS):
            for side in (bare, gateway):
                redis.flushdb()
                side.send(requests)
    rates = f"{FRAMES / median(gateway.seconds):.0f} ÷ {FRAMES / median(bare.seconds):.0f}"
    yield Figure(
        "gateway ÷ bare Starlette",
        median(map(truediv, bare.seconds, gateway.seconds)),
        f"{rates} frames/s of one process",
        at_least=0.5,
    )
    frames = FRAMES * ROUNDS
    yield Figure(
        "  the same by processor time",
        bare.cpu_seconds / gateway.cpu_seconds,
        f"{gateway.cpu_seconds / frames * 1000:.2f} ms and {bare.cpu_seconds / frames * 1000:.2f} ms a frame",
        at_least=0.5,
    )


def _bare(data: Path) -> Side:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = Process(
        "bare",
        [
            sys.executable,
            "-m",
            "uvicorn",
            "dev.load.bench.bare_gateway:app",
            "--port",
            str(port),
            "--no-access-log",
        ],
        log=data / "bare.log",
        environment={},
        answers=lambda: _answers(url),
    )
    process.start()
    return Side(url, process)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code == httpx.codes.NOT_FOUND
    except httpx.TransportError:
        return False
