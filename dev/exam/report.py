"""The figures of the simulated exams as text."""

from collections.abc import Iterator
from statistics import median

from dev.accuracy.report import format_rate
from dev.exam.sitting import Sitting
from dev.exam.timetable import Activity
from shared.rate import Rate

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
    everything: list[float | None] = []
    for activity, name in EVENTS.items():
        events = [(sitting, *event) for sitting in sittings for event in sitting.events(activity)]
        yield _line(f"{name} found", [delay for *_, delay in events])
        for sitting, spell, delay in events:
            if delay is None:
                pictures = ", ".join(pose.picture.name for pose in spell.poses)
                yield f"  missed: {sitting.candidate} at {spell.starts:.0f} s ({pictures})"
        everything += [delay for *_, delay in events]
    yield _line("all events found", everything)


def _line(name: str, delays: list[float | None]) -> str:
    found = [delay for delay in delays if delay is not None]
    line = f"{name}: {format_rate(Rate(len(found), len(delays)))}"
    if found:
        line += f", flagged after {median(found):.1f} s (median), {max(found):.1f} s (worst)"
    return line
