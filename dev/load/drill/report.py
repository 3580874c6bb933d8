"""A drill as text."""

import math
import os
from collections import Counter
from collections.abc import Iterator
from statistics import quantiles

from dev.load.candidates import End
from dev.load.drill.run import Drill
from dev.load.drill.sizing import Sizing

ACCEPTED = (End.DONE, End.FAILED, End.EXPIRED, End.UNHEARD)
LATE_SECONDS = 0.05
BUSY_CORES = 0.8


def report(noted: Drill) -> Iterator[str]:
    """Line by line, each with its heading; lines without one belong to the line before."""
    target = noted.target
    yield f"{noted.candidates} candidates, a frame every {noted.interval:g} s each, for {noted.seconds:.0f} s"
    if target.workers:
        engine, cores = target.settings.detector, os.cpu_count()
        yield _line("system", f"{target.workers} workers with {engine}, on {cores} cores with all the rest")
    else:
        yield _line("system", target.url)
    yield from _frames(noted)
    yield from _ages(noted)
    yield from _needs(noted)
    yield from _processor(noted)
    yield from _servers(noted)
    yield from _client(noted)


def _frames(noted: Drill) -> Iterator[str]:
    ends = noted.ends
    accepted = sum(ends[end] for end in ACCEPTED)
    yield _line(
        "frames",
        f"{ends.total()} sent: {accepted} accepted, {ends[End.REFUSED]} refused, {ends[End.UNSENT]} unsent",
    )
    yield _line("accepted", ", ".join(f"{ends[end]} {end}" for end in ACCEPTED))
    for end in (End.REFUSED, End.FAILED, End.EXPIRED, End.UNSENT):
        reasons = Counter(outcome.said for _, outcome in noted.outcomes if outcome.end is end)
        for reason, count in reasons.most_common():
            yield _line(end, f"{count} times: {reason}")
    if noted.redis:
        counted = ", ".join(
            f"{noted.counts[word]} {word}" for word in ("accepted", "done", "failed", "expired")
        )
        yield _line("the system's", counted)


def _ages(noted: Drill) -> Iterator[str]:
    if len(noted.ages) < 2:
        yield _line("verdict age", "too few verdicts")
        return
    percentiles = quantiles(noted.ages, n=100, method="inclusive")
    p50, p95, p99 = (percentiles[rank - 1] * 1000 for rank in (50, 95, 99))
    yield _line(
        "verdict age",
        f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, longest {noted.ages[-1] * 1000:.0f} ms",
    )
    stated = noted.target.settings.max_wait_seconds
    in_time, judged = sum(age <= stated for age in noted.ages), len(noted.ages)
    yield _line(
        "in time",
        f"{in_time} of {judged} judged within MAX_WAIT_SECONDS, {stated:g} s: {_percent(in_time, judged)}",
    )
    asked = [outcome.asked_ms / 1000 for _, outcome in noted.outcomes if outcome.asked_ms]
    yield _line("asked for", f"the next frame after {min(asked):.1f} to {max(asked):.1f} s")
    if noted.waiting:
        yield _line("queue", f"{max(frames for _, frames in noted.waiting):.0f} open frames at most")


def _needs(noted: Drill) -> Iterator[str]:
    sizing = Sizing.of(noted)
    if sizing.seconds_a_frame:
        rate, each = noted.candidates / noted.interval, sizing.seconds_a_frame * 1000
        needed = (
            f"{sizing.workers(rate)} needed: {rate:.1f} frames/s, {each:.1f} ms each, {sizing.BUSY:.0%} busy"
        )
        yield _line("workers", needed)


def _processor(noted: Drill) -> Iterator[str]:
    parts = {name: seconds for name, seconds in noted.cpu.items() if seconds / noted.seconds >= 0.005}
    used = ", ".join(f"{name} {seconds / noted.seconds:.2f}" for name, seconds in parts.items())
    yield _line("cores in use", f"{sum(parts.values()) / noted.seconds:.2f}: {used}")


def _servers(noted: Drill) -> Iterator[str]:
    if noted.redis:
        before, after = noted.redis
        rate = (after.commands - before.commands) / noted.seconds
        yield _line(
            "Redis",
            f"{after.memory / 1e6:.1f} MB, {after.peak / 1e6:.1f} MB at most, {rate:.0f} commands/s, "
            f"{after.connections} connections",
        )
        kinds = sorted(noted.keys.items(), key=lambda kind: -kind[1].keys * kind[1].each)
        for name, kind in kinds[:4]:
            yield _line("", f"{name}: {kind.keys} of {kind.each:.0f} bytes")
    if noted.postgres:
        earlier, now = noted.postgres
        size = f"{now.size / 1e6:.1f} MB, {(now.size - earlier.size) / 1e6:+.1f} MB"
        new = ", ".join(f"{now.rows[table] - earlier.rows[table]} {table}" for table in now.rows)
        yield _line("Postgres", f"{size}; {now.connections} connections; new rows: {new}")


def _client(noted: Drill) -> Iterator[str]:
    cores = noted.cpu["client"] / noted.seconds
    late = quantiles(noted.lateness, n=100, method="inclusive")[98] if len(noted.lateness) > 1 else 0.0
    is_bottleneck = cores > BUSY_CORES or late > LATE_SECONDS
    verdict = "IT WAS A BOTTLENECK ITSELF: ages are too high by as much" if is_bottleneck else "no bottleneck"
    yield _line("client", f"{cores:.2f} cores, late by {late * 1000:.0f} ms at p99: {verdict}")


def _percent(part: int, whole: int) -> str:
    """Rounded down, as all is said of all only."""
    return f"{math.floor(1_000 * part / whole) / 10:g}%"


def _line(heading: str, said: str) -> str:
    return f"  {heading:14}{said}"
