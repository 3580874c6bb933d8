"""How many frames one Redis takes when it has a core of its own.

In a saturated stack (`cost`) detectors empty its caches between two frames. Here it gets only the calls of
gateways and workers, as fast as the other cores send them.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

import psutil
from redis import Redis

from dev.load.bench import redis_driver
from dev.load.bench.figure import Figure
from dev.load.work import read_work
from dev.stack.data_directory import locked_directory
from dev.stack.servers import Server, valkey
from shared.jobs.model import ENDED_CHANNEL
from shared.jobs.records import OUTCOMES_CHANNEL

DRIVERS = 3
FRAMES = 6_000
"""Of each driver."""
WARM_UP = 1_000
GATEWAYS = 2
"""Which are told of each outcome."""


def measure(data: Path) -> Iterator[Figure]:
    """Admit and finish frames, and read the processor time of Redis."""
    cores = sorted(os.sched_getaffinity(0))
    with locked_directory(data) as lock:
        server = valkey(data / "valkey", data, lock)
        server.process.start()
        try:
            psutil.Process(server.process.pid).cpu_affinity(cores[:1])
            seconds, elapsed = _drive(server, cores[1:] or cores)
        finally:
            server.process.stop()
    frames = DRIVERS * FRAMES
    yield Figure(
        "frames/s one Redis takes, alone",
        frames / seconds,
        f"1 s ÷ {seconds / frames * 1000:.2f} ms, busy for {seconds / elapsed:.0%} of the time",
        at_least=2_000,
    )


def _drive(server: Server, cores: list[int]) -> tuple[float, float]:
    """Return the processor seconds of Redis, and the seconds by the clock."""
    part = {"valkey": server.process}
    with (
        Redis.from_url(server.url) as redis,
        ProcessPoolExecutor(
            DRIVERS, get_context("spawn"), initializer=redis_driver.start, initargs=(server.url, cores)
        ) as drivers,
    ):
        for _ in range(GATEWAYS):
            _receive(redis)
        list(drivers.map(redis_driver.run, [WARM_UP] * DRIVERS))
        before, started = read_work(part)["valkey"], perf_counter()
        list(drivers.map(redis_driver.run, [FRAMES] * DRIVERS))
        return (read_work(part)["valkey"] - before).cpu, perf_counter() - started


def _receive(redis: Redis) -> None:
    """Receive outcomes as a gateway does, until Redis stops."""
    subscription = redis.pubsub()  # type: ignore[no-untyped-call]
    subscription.subscribe(**dict.fromkeys((ENDED_CHANNEL, OUTCOMES_CHANNEL), lambda _: None))
    subscription.run_in_thread(daemon=True, exception_handler=lambda *_: None)
