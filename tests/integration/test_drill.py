"""`python -m dev drill`: the figures of short drills add up."""

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from dev.load.drill import main
from dev.load.drill.soak import Samples, soak
from dev.load.drill.usage import Usage
from dev.stack.errors import CannotStartError
from dev.stack.stack import Stack

pytestmark = pytest.mark.slow

SHORT = ("--candidates", "5", "--interval", "0.5", "--minutes", "0.05")


def run_drill(*options: str) -> str:
    """Run a drill and return its output."""
    with redirect_stdout(StringIO()) as printed:
        assert main([*SHORT, *options]) == 0
    return printed.getvalue()


def numbers(text: str, heading: str) -> list[float]:
    """Return the numbers in the line that begins with `heading`."""
    line = re.search(rf"^  {heading} +(.*)$", text, re.MULTILINE)
    assert line, text
    return [float(number) for number in re.findall(r"(?<![p\d.])\d+(?:\.\d+)?", line[1])]


@pytest.fixture(scope="module")
def plot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drill") / "new" / "drill.png"


@pytest.fixture(scope="module")
def drilled(plot: Path) -> str:
    """The output of a drill on its own stack, with a plan and the throughput of one and two workers."""
    return run_drill("--simulated-ms", "40", "--workers", "2", "--plan", "10000", "--plot", str(plot))


def test_every_frame_is_accounted_for(drilled: str) -> None:
    sent, accepted, refused, unsent = numbers(drilled, "frames")
    done, failed, expired, abandoned = numbers(drilled, "accepted")

    assert sent >= 5
    assert sent == accepted + refused + unsent
    assert accepted == done + failed + expired + abandoned
    assert unsent == failed == expired == abandoned == 0
    # The system's own counters agree.
    assert numbers(drilled, "the system's") == [accepted, done, failed, expired]


def test_verdict_ages_include_the_engine_time(drilled: str) -> None:
    ages = numbers(drilled, "verdict age")

    assert ages == sorted(ages)
    assert ages[0] >= 40


def test_late_verdicts_are_counted(drilled: str) -> None:
    in_time, judged, stated, percent = numbers(drilled, "in time")

    assert judged == numbers(drilled, "accepted")[0]
    assert stated == 10
    assert percent <= 100 * in_time / judged < percent + 0.1


def test_frame_cost_includes_the_engine_time(drilled: str) -> None:
    workers, rate, each, busy = numbers(drilled, "workers")[:4]

    assert rate == 10
    assert each >= 40
    assert (workers - 1) * busy / 100 <= rate * each / 1000 <= workers * busy / 100


def test_plan_scales_to_the_requested_candidates(drilled: str) -> None:
    plan = drilled[drilled.index("10000 candidates") :]

    assert "20000 frames/s" in plan
    workers, each = numbers(plan, "frames workers")[:2]
    assert workers == pytest.approx(20_000 * each / 1000 / 0.7, rel=0.01)
    _, bytes_of_a_judged_frame, bytes_of_a_candidate = numbers(plan, "  of each Redis, GB")[:3]
    assert bytes_of_a_judged_frame >= 100
    assert bytes_of_a_candidate >= 100


def test_limit_of_the_drill_is_named(drilled: str) -> None:
    own, others, idle, stolen = numbers(drilled, "the cores")

    assert own + others + idle + stolen == pytest.approx(100, abs=2)
    milliseconds, wakeups = numbers(drilled, "a frame")[:2]
    assert milliseconds > 0
    assert wakeups >= 1
    assert re.search("^  limit +(none|waiting|work)", drilled, re.MULTILINE)


def test_throughput_of_added_workers_is_measured(drilled: str) -> None:
    steps = re.findall(r"^ +(\d+) +([\d.]+) +([\d.]+) +[\d.]+ +(?:reached|MISSED)", drilled, re.MULTILINE)

    assert [int(workers) for workers, _, _ in steps] == [1, 2]
    for workers, rate, of_ideal in steps:
        assert float(rate) / (int(workers) / 0.040) == pytest.approx(float(of_ideal), rel=0.1)
        assert 0 < float(of_ideal) <= 1.05
    assert "Saturates" in drilled


def test_plot_is_written(drilled: str, plot: Path) -> None:
    assert str(plot) in drilled
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_running_system_can_be_drilled(stack: Stack, tmp_path: Path) -> None:
    text = run_drill("--url", stack.url, "--plot", str(tmp_path / "drill.png"))

    assert stack.url in text
    sent, accepted, refused, unsent = numbers(text, "frames")
    assert sent == accepted + refused + unsent
    assert numbers(text, "accepted")[0] == accepted >= 1
    assert not re.search(r"^ +(Redis|Postgres) ", text, re.MULTILINE)  # their addresses are unknown


def test_remote_system_gets_no_plan(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--url", "http://127.0.0.1:1", "--plan", "10"])

    assert "--url" in capsys.readouterr().err


def test_several_redis_servers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0#one,redis://127.0.0.1:1/1#two")

    with pytest.raises(CannotStartError, match="several"):
        main(["--url", "http://127.0.0.1:1"])


def samples(minutes: int, pss: float) -> Samples:
    """Return samples of one process, one per minute, whose memory grows by `pss` bytes each time."""
    return [
        (60.0 * minute, {"frames 1": Usage(int(50e6 + minute * pss), int(90e6), 20, 5)})
        for minute in range(minutes + 1)
    ]


def test_growing_memory_is_reported() -> None:
    assert "  Nothing grows" in soak(samples(20, pss=0), 600)
    assert "  1 FIGURES GROW" in soak(samples(20, pss=1e6), 600)


def test_short_drill_reports_no_growth() -> None:
    [line] = soak(samples(5, pss=9e6), 600)

    assert "Too short" in line
