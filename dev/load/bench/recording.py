"""What recording presence and timeline adds to the processor time of a judged frame."""

from collections.abc import Iterator
from pathlib import Path

from redis import Redis

from dev.load.bench.bare import PROCESSES, BareLoop
from dev.load.bench.figure import Figure
from dev.load.bench.frames import Frames
from dev.load.bench.load import NO_LIMITS, judge_all
from dev.load.bench.meter import Meter
from dev.stack.stack import Stack

ROUNDS = 8
FRAMES = 200
WARM_UP = 100
NEVER = 1_000_000
"""No frame is flagged: a flag was recorded before there was a timeline."""


def measure(data: Path) -> Iterator[Figure]:
    """Judge frames of an exam and of a pre-check, which is not recorded, and put the difference beside bare.

    With the simulated engine, as the default one takes longer for a pre-check.
    """
    environment = NO_LIMITS | {"DETECTOR": "simulated"}
    with (
        Stack(data, environment=environment, workers=PROCESSES) as stack,
        Redis.from_url(stack.redis_url) as redis,
        BareLoop({}, NEVER) as bare,
    ):
        kinds = [
            (Frames(stack.url, NEVER, precheck=precheck), Meter(stack, redis)) for precheck in (False, True)
        ]
        for frames, _ in kinds:
            judge_all(stack.url, frames, frames.take(WARM_UP))
        bare.detect(range(WARM_UP))
        bare.cpu = 0.0
        for _ in range(ROUNDS):
            for frames, meter in kinds:
                numbers = frames.take(FRAMES)
                with meter.counted(FRAMES):
                    judge_all(stack.url, frames, numbers)
            bare.detect(numbers)
    exam, precheck = (meter.cpu_ms for _, meter in kinds)
    bare_ms = bare.cpu / (ROUNDS * FRAMES) * 1000
    yield Figure(
        "recording a frame ÷ bare",
        (exam - precheck) / bare_ms,
        f"({exam:.2f} - {precheck:.2f}) ÷ {bare_ms:.2f} ms: presence, timeline and thumbnail",
        at_most=0.05,
    )
