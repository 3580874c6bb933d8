"""What a frame costs, from the measurements of a drill."""

import math
from collections import defaultdict
from dataclasses import dataclass
from statistics import mean

from dev.load.candidates import PICTURES, End
from dev.load.drill.run import Drill
from shared.settings import Detector

BUSY = 0.7
"""The planned utilisation of each process: the rest is headroom for bursts."""

JOB_KEYS = {"job", "outcome", "run", "frame"}
"""Kinds of keys in Redis of which each frame has one, at most."""


@dataclass(frozen=True)
class Sizing:
    """The cost of a frame. Seconds are processor seconds; what a part uses while idle is left out."""

    seconds: dict[str, float]
    """Of each part; of the workers, which are `frames`, including the time that a simulated engine sleeps."""
    memory: dict[str, float]
    """Bytes of a process of each part."""
    flagged: float
    """Share of the frames."""
    picture_bytes: float
    job_bytes: float
    """In Redis, once the frame is judged."""
    candidate_bytes: float
    """In Redis."""
    flag_bytes: float
    """In Postgres, without indexes, once a store has the picture."""

    @classmethod
    def of(cls, record: Drill) -> "Sizing":
        """Return the cost of a frame in a drill on a local stack."""
        judged = record.ends[End.DONE] or 1
        seconds = {
            name: max(0.0, work.cpu - record.idle.get(name, 0.0) * record.seconds) / judged
            for name, work in record.work.items()
        }
        settings = record.target.settings
        if settings.detector is Detector.SIMULATED:
            seconds["frames"] += settings.simulated_detector_ms / 1000
        before, after = record.postgres
        job_bytes, candidate_bytes = _redis_bytes(record)
        return cls(
            seconds=seconds,
            memory=_memory(record),
            flagged=(after.rows["flags"] - before.rows["flags"]) / judged,
            picture_bytes=mean(path.stat().st_size for path in PICTURES.glob("*.jpg")),
            job_bytes=job_bytes,
            candidate_bytes=candidate_bytes,
            flag_bytes=after.row_bytes["flags"] + after.row_bytes["evidence"],
        )


def judging_seconds(record: Drill) -> float:
    """Return a worker's time for a frame; without access to its processes, the time that it reports."""
    if record.target.parts:
        return Sizing.of(record).seconds["frames"]
    told = [outcome.judging_ms for _, outcome in record.outcomes if outcome.judging_ms]
    return mean(told) / 1000 if told else 0.0


def processes(rate: float, seconds: float) -> int:
    """Return the number of processes for `rate` frames a second of `seconds` each."""
    return max(1, math.ceil(rate * seconds / BUSY))


def _redis_bytes(record: Drill) -> tuple[float, float]:
    """Return the bytes of a judged frame, and of a candidate."""
    totals: defaultdict[bool, float] = defaultdict(float)
    for name, kind in record.keys.items():
        totals[name in JOB_KEYS] += kind.keys * kind.each
    return totals[True] / (record.ends[End.DONE] or 1), totals[False] / record.candidates


def _memory(record: Drill) -> dict[str, float]:
    """Return the mean size of a part's processes; pages that they share are divided among them."""
    sizes: defaultdict[str, list[int]] = defaultdict(list)
    for process, usage in record.usages[-1][1].items():
        sizes[process.partition(" ")[0]].append(usage.pss)
    return {part: mean(each) for part, each in sizes.items()}
