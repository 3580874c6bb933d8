"""The figures of the simulated exams as text."""

from collections.abc import Iterator
from statistics import median

from dev.accuracy.report import format_rate
from dev.accuracy.scores import Rate
from dev.exam.sitting import Sitting
from dev.exam.timetable import Activity

EVENTS = {Activity.AWAY: "absences of 20 s and more", Activity.HELPED: "helpers of 30 s"}


def report(sittings: list[Sitting]) -> Iterator[str]:
    """Yield hours, false flags, the events that were found, and how soon."""
    hours = sum(sitting.seconds for sitting in sittings) / 3600
    frames = sum(sitting.frames for sitting in sittings)
    wrong = [(sitting, flag) for sitting in sittings for flag in sitting.flags if flag.is_false]
    yield f"candidate-hours: {hours:.1f} ({len(sittings)} candidates, {frames} frames)"
    yield f"false flags: {len(wrong)}, {len(wrong) / hours:.2f} per candidate-hour"
    for sitting, flag in wrong:
        yield (
            f"  {sitting.candidate} at {flag.second:.0f} s, {flag.spell.activity}: {flag.kind}"
            f" ({flag.picture.name})"
        )
    delays: list[float] = []
    for activity, name in EVENTS.items():
        events = [delay for sitting in sittings for delay in sitting.delays(activity)]
        found = [delay for delay in events if delay is not None]
        delays += found
        yield f"{name} found: {format_rate(Rate(len(found), len(events)))}{_delays(found)}"
    yield f"all events{_delays(delays)}"


def _delays(found: list[float]) -> str:
    if not found:
        return ""
    return f", flagged after {median(found):.1f} s (median), {max(found):.1f} s (worst)"
