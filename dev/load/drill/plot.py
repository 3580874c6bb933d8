"""Plot of a drill."""

from pathlib import Path

from dev.load.candidates import End
from dev.load.drill.run import Drill


def plot(record: Drill, file: Path) -> None:
    """Write a PNG of open frames, ages of verdicts, and refusals over time."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - takes a second, in every process of the tests
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    figure = Figure(figsize=(10, 7), layout="constrained")
    queue, ages = figure.subplots(2, sharex=True)
    figure.suptitle(f"{record.candidates} candidates, a frame every {record.interval:g} s each")

    queue.plot(*_columns(record.waiting), color="tab:blue")
    queue.set_ylabel("open frames")
    queue.set_ylim(bottom=0)
    queue.yaxis.set_major_locator(MaxNLocator(integer=True))

    done = [(at, outcome.seconds) for at, outcome in record.outcomes if outcome.end is End.DONE]
    ages.plot(*_columns(done), ".", markersize=3, color="tab:green", label="judged")
    refused = [at for at, outcome in record.outcomes if outcome.end is End.REFUSED]
    at_the_bottom = ages.get_xaxis_transform()
    ages.plot(refused, [0.02] * len(refused), "|", color="tab:red", label="refused", transform=at_the_bottom)
    stated = record.target.settings.max_wait_seconds
    ages.axhline(stated, color="grey", linestyle=":", label="MAX_WAIT_SECONDS")
    ages.set_yscale("log")
    ages.set_ylim(0.005, 2 * stated)
    ages.set_ylabel("age of the verdict, s")
    ages.set_xlabel("s since the start")
    figure.legend(loc="outside lower center", ncols=3)

    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=110)


def _columns(points: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [at for at, _ in points], [value for _, value in points]
