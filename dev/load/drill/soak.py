"""Whether the processes' memory, files and connections grow over a long drill."""

from collections.abc import Callable, Iterator
from statistics import mean

from dev.load.drill.usage import Usage

SHORTEST_SECONDS = 600.0
"""In a shorter time caches and pools are still filling."""

MEASURES: dict[str, tuple[Callable[[Usage], float], float]] = {
    "PSS, MB": (lambda usage: usage.pss / 1e6, 2.0),
    "RSS, MB": (lambda usage: usage.rss / 1e6, 2.0),
    "files": (lambda usage: usage.descriptors, 4.0),
    "connections": (lambda usage: usage.connections, 4.0),
}
"""What is measured, and the increase that does not count as growth; nor do five per cent."""

Samples = list[tuple[float, dict[str, Usage]]]


def soak(samples: Samples, job_retention_seconds: int) -> Iterator[str]:
    """Yield a row for each process that ran throughout: the means of the second and of the last quarter.

    The first quarter is warm-up.
    """
    seconds = samples[-1][0]
    if seconds < SHORTEST_SECONDS:
        yield f"  Too short to tell whether memory grows: that takes {SHORTEST_SECONDS / 60:.0f} minutes."
        return
    second = [usages for at, usages in samples if seconds / 4 <= at < seconds / 2]
    last = [usages for at, usages in samples if at >= seconds * 3 / 4]
    lived = sorted(set.intersection(*(set(usages) for usages in (*second, *last))))
    yield f"  {'process':20}" + "".join(f"{name:>24}" for name in MEASURES)
    growing = 0
    for process in lived:
        cells = []
        for value, slack in MEASURES.values():
            before, after = (mean(value(usages[process]) for usages in part) for part in (second, last))
            word = "flat"
            if after > before * 1.05 and after > before + slack:
                word = (
                    "fills" if process.startswith("valkey") and seconds < job_retention_seconds else "GROWS"
                )
            growing += word == "GROWS"
            cells.append(f"{before:9.1f} → {after:6.1f} {word:5}")
        yield f"  {process:20}" + "".join(f"{cell:>24}" for cell in cells)
    known = {process for _, usages in samples for process in usages}
    yield f"  {'Nothing grows' if not growing else f'{growing} FIGURES GROW'}"
    yield f"  Redis may fill for {job_retention_seconds / 60:.0f} minutes, as long as it keeps an ended job."
    yield f"  {len(known) - len(lived)} processes came or went (Postgres has one for each connection)"
