"""Report of a drill as text."""

import math
import os
from collections import Counter
from collections.abc import Iterator
from statistics import quantiles

from dev.load.candidates import End
from dev.load.drill.limit import Limit
from dev.load.drill.run import Drill
from dev.load.drill.sizing import BUSY, judging_seconds, processes
from dev.load.work import Work

ACCEPTED = (End.DONE, End.FAILED, End.EXPIRED, End.ABANDONED)
MAX_LATENESS_SECONDS = 0.05
MAX_CLIENT_CORES = 0.8


def report(record: Drill) -> Iterator[str]:
    """Yield the rows of the report; a row without a heading continues the one before."""
    target = record.target
    yield (
        f"{record.candidates} candidates, a frame every {record.interval:g} s each, "
        f"for {record.seconds:.0f} s"
    )
    if target.workers:
        engine, cores = target.settings.detector, os.cpu_count()
        yield _row("system", f"{target.workers} workers with {engine}, on {cores} cores with everything else")
    else:
        yield _row("system", target.url)
    yield from _frames(record)
    yield from _ages(record)
    yield from _needs(record)
    yield from _processor(record)
    yield from _limit(record)
    yield from _servers(record)
    yield from _client(record)


def _frames(record: Drill) -> Iterator[str]:
    ends = record.ends
    accepted = sum(ends[end] for end in ACCEPTED)
    yield _row(
        "frames",
        f"{ends.total()} sent: {accepted} accepted, {ends[End.REFUSED]} refused, {ends[End.UNSENT]} unsent",
    )
    yield _row("accepted", ", ".join(f"{ends[end]} {end}" for end in ACCEPTED))
    for end in (End.REFUSED, End.FAILED, End.EXPIRED, End.UNSENT):
        reasons = Counter(outcome.result for _, outcome in record.outcomes if outcome.end is end)
        for reason, count in reasons.most_common():
            yield _row(end, f"{count} times: {reason}")
    if record.redis:
        counted = ", ".join(
            f"{record.counts[word]} {word}" for word in ("accepted", "done", "failed", "expired")
        )
        yield _row("the system's", counted)


def _ages(record: Drill) -> Iterator[str]:
    if len(record.ages) < 2:
        yield _row("verdict age", "too few verdicts")
        return
    percentiles = quantiles(record.ages, n=100, method="inclusive")
    p50, p95, p99 = (percentiles[rank - 1] * 1000 for rank in (50, 95, 99))
    yield _row(
        "verdict age",
        f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, longest {record.ages[-1] * 1000:.0f} ms",
    )
    stated = record.target.settings.max_wait_seconds
    in_time, judged = sum(age <= stated for age in record.ages), len(record.ages)
    yield _row(
        "in time",
        f"{in_time} of {judged} judged within MAX_WAIT_SECONDS, {stated:g} s: {_percent(in_time, judged)}",
    )
    asked = [outcome.requested_ms / 1000 for _, outcome in record.outcomes if outcome.requested_ms]
    yield _row("asked for", f"the next frame after {min(asked):.1f} to {max(asked):.1f} s")
    if record.waiting:
        yield _row("queue", f"{max(frames for _, frames in record.waiting):.0f} open frames at most")


def _needs(record: Drill) -> Iterator[str]:
    seconds, rate = judging_seconds(record), record.candidates / record.interval
    if seconds:
        needed = processes(rate, seconds)
        yield _row(
            "workers",
            f"{needed} needed: {rate:.1f} frames/s, {seconds * 1000:.1f} ms each, {BUSY:.0%} busy",
        )


def _processor(record: Drill) -> Iterator[str]:
    cores = {name: work.cpu / record.seconds for name, work in record.work.items()}
    used = ", ".join(f"{name} {part:.2f}" for name, part in cores.items() if part >= 0.005)
    yield _row("cores in use", f"{sum(cores.values()):.2f}: {used}")


def _limit(record: Drill) -> Iterator[str]:
    if not record.target.parts:
        return
    judged, work = record.ends[End.DONE] or 1, sum(record.work.values(), start=Work())
    yield _row(
        "a frame",
        f"{work.cpu / judged * 1000:.1f} ms of processor time, {work.wakeups / judged:.1f} wake-ups, "
        f"{work.queued / judged * 1000:.1f} ms ready but waiting for a core",
    )
    limit = Limit.of(record.cores, work)
    yield _row(
        "the cores",
        f"{limit.own:.0%} used by system and client, {limit.others:.0%} by others, {limit.idle:.0%} idle, "
        f"{limit.stolen:.0%} stolen by the host",
    )
    yield _row("limit", limit.verdict(kept_up=record.kept_up))


def _servers(record: Drill) -> Iterator[str]:
    if record.redis:
        before, after = record.redis
        rate = (after.commands - before.commands) / record.seconds
        yield _row(
            "Redis",
            f"{after.memory / 1e6:.1f} MB, {after.peak / 1e6:.1f} MB at most, {rate:.0f} commands/s, "
            f"{after.connections} connections",
        )
        kinds = sorted(record.keys.items(), key=lambda kind: -kind[1].keys * kind[1].each)
        for name, kind in kinds[:4]:
            yield _row("", f"{name}: {kind.keys} of {kind.each:.0f} bytes")
    if record.postgres:
        earlier, now = record.postgres
        size = f"{now.size / 1e6:.1f} MB, {(now.size - earlier.size) / 1e6:+.1f} MB"
        new = ", ".join(f"{now.rows[table] - earlier.rows[table]} {table}" for table in now.rows)
        yield _row("Postgres", f"{size}; {now.connections} connections; new rows: {new}")


def _client(record: Drill) -> Iterator[str]:
    cores = record.work["client"].cpu / record.seconds
    late = quantiles(record.lateness, n=100, method="inclusive")[98] if len(record.lateness) > 1 else 0.0
    is_bottleneck = cores > MAX_CLIENT_CORES or late > MAX_LATENESS_SECONDS
    verdict = "IT WAS A BOTTLENECK: ages are too high by this much" if is_bottleneck else "no bottleneck"
    yield _row("client", f"{cores:.2f} cores, late by {late * 1000:.0f} ms at p99: {verdict}")


def _percent(part: int, whole: int) -> str:
    """Round down: 100% means all."""
    return f"{math.floor(1_000 * part / whole) / 10:g}%"


def _row(heading: str, text: str) -> str:
    return f"  {heading:14}{text}"
