"""Estimates of what a load needs, from the measurements of a drill."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import mean

from dev.load.candidates import PICTURES, End
from dev.load.drill.run import Drill
from dev.load.drill.servers import CANDIDATE_KEYS
from shared.settings import Detector


@dataclass(frozen=True)
class Sizing:
    """The cost of a frame: `seconds_a_frame` of one worker, and processor seconds of each part.

    Processor time while idle does not grow with the frames, and is left out.
    """

    BUSY = 0.7
    """The planned utilisation of each process: the rest is headroom for bursts."""

    seconds_a_frame: float
    cpu_a_frame: dict[str, float]

    @classmethod
    def of(cls, record: Drill) -> "Sizing":
        """Return the measured cost; without access to the workers' processes, the times that they report."""
        judged = record.ends[End.DONE] or 1
        cpu = {
            name: max(0.0, work.cpu - record.idle.get(name, 0.0) * record.seconds) / judged
            for name, work in record.work.items()
        }
        if "frames" in cpu:
            simulated = record.target.settings.detector is Detector.SIMULATED
            asleep = record.target.settings.simulated_detector_ms / 1000 if simulated else 0.0
            return cls(cpu["frames"] + asleep, cpu)
        told = [outcome.judging_ms for _, outcome in record.outcomes if outcome.judging_ms]
        return cls(mean(told) / 1000 if told else 0.0, cpu)

    def workers(self, rate: float) -> int:
        """Return the number of processes that judge `rate` frames a second."""
        return self.processes(rate, self.seconds_a_frame)

    def processes(self, rate: float, seconds: float) -> int:
        """Return the number of processes for `rate` frames a second of `seconds` each."""
        return max(1, math.ceil(rate * seconds / self.BUSY))


def plan(record: Drill, candidates: int) -> Iterator[str]:
    """Yield rows with what so many candidates need. Requires a drill on a local stack."""
    sizing, rate = Sizing.of(record), candidates / record.interval
    yield f"{candidates} candidates, a frame every {record.interval:g} s each: {rate:.0f} frames/s"
    workers = sizing.workers(rate)
    yield (
        f"  workers     {workers} processes, each with a core of its own "
        f"({sizing.seconds_a_frame * 1000:.1f} ms a frame, {sizing.BUSY:.0%} busy)"
    )
    yield (
        f"  gateways    {sizing.processes(rate, sizing.cpu_a_frame['gateway'])} processes "
        f"({sizing.cpu_a_frame['gateway'] * 1000:.2f} ms a frame, with the answer that is held)"
    )
    yield from _redis(record, sizing, candidates, rate)
    yield from _postgres(record, rate)
    yield (
        f"  MAX_BACKLOG {math.ceil(rate * record.target.settings.max_wait_seconds)}, so that "
        "MAX_WAIT_SECONDS limits admission, not this"
    )
    yield "  Assumed: frames as large, and as many of them flagged, as in the drill; cores as fast as these."
    yield "  Processes take more time for a frame while few come than when many do: theirs are upper bounds."


def _redis(record: Drill, sizing: Sizing, candidates: int, rate: float) -> Iterator[str]:
    """The waiting pictures at worst, the jobs that can still be read, and the keys of each candidate."""
    picture = _picture_bytes()
    line = rate * record.target.settings.max_wait_seconds * picture
    kept = record.target.settings.job_retention_seconds
    jobs = rate * kept * record.keys["job"].each
    people = candidates * sum(record.keys[kind].each for kind in CANDIDATE_KEYS if kind in record.keys)
    core = rate * sizing.cpu_a_frame.get("valkey", 0.0)
    yield (
        f"  Redis       {(line + jobs + people) / 1e9:.2f} GB: "
        f"{line / 1e9:.2f} for a MAX_WAIT_SECONDS of pictures of {picture / 1000:.0f} kB, "
        f"{jobs / 1e9:.2f} for the jobs of {kept / 60:.0f} minutes, {people / 1e9:.2f} for the candidates"
    )
    if core:
        enough = (
            "" if core < sizing.BUSY else f": TOO MUCH, it can do {sizing.BUSY * rate / core:.0f} frames/s"
        )
        yield f"              {core:.2f} of the one core that it can use{enough}"


def _postgres(record: Drill, rate: float) -> Iterator[str]:
    before, after = record.postgres
    judged = record.ends[End.DONE] or 1
    flags = after.rows["flags"] - before.rows["flags"]
    share = flags / judged
    each = after.row_bytes["flags"] + after.row_bytes["evidence"]
    an_hour = share * rate * 3_600
    flagged = f"{an_hour:.0f} flags, {share:.1%} of the frames, of {each / 1000:.1f} kB"
    yield f"  Postgres    {an_hour * each / 1e6:.0f} MB an hour: {flagged}"
    yield f"  evidence    {an_hour * _picture_bytes() / 1e9:.2f} GB an hour in its store"


def _picture_bytes() -> float:
    return mean(path.stat().st_size for path in PICTURES.glob("*.jpg"))
