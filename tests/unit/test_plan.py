"""The plan for many candidates follows from what a frame costs."""

import re
from dataclasses import replace

import pytest

from dev.load.drill.plan import EXAM_HOURS, Plan
from dev.load.drill.sizing import BUSY, Sizing
from shared.settings import Settings

SIZING = Sizing(
    seconds={
        "frames": 0.014,
        "gateway": 0.0014,
        "valkey": 0.0007,
        "evidence": 0.00007,
        "postgres": 0.00014,
        "client": 9.0,
    },
    memory={"frames": 100e6, "gateway": 80e6, "evidence": 90e6},
    flagged=0.01,
    picture_bytes=50_000,
    job_bytes=250,
    candidate_bytes=5_000,
    flag_bytes=3_000,
)
SETTINGS = Settings.model_construct(
    max_wait_seconds=10.0,
    job_retention_seconds=600,
    evidence_retention_days=30,
    gateway_pool_size=None,
    evidence_pool_size=12,
)


def plan(candidates: int = 100_000, flagged: float = 0.01) -> Plan:
    """Return the plan for candidates who send a frame every 5 s."""
    return Plan(replace(SIZING, flagged=flagged), SETTINGS, candidates, interval=5)


def row(rows: list[str], title: str) -> float:
    """Return the number in a row."""
    [found] = [line for line in rows if line.strip().startswith(title)]
    return float(found.strip().removeprefix(title).split()[0])


@pytest.mark.parametrize(
    ("part", "processes"), [("frames", 400), ("gateway", 40), ("valkey", 20), ("postgres", 4)]
)
def test_processes_have_headroom(part: str, processes: int) -> None:
    assert plan().part(part) == processes
    assert plan().rate * SIZING.seconds[part] / processes == pytest.approx(BUSY)


def test_few_candidates_need_one_process_of_each_part() -> None:
    small = plan(candidates=10)

    assert [small.part(name) for name in SIZING.seconds if name != "client"] == [1] * 5
    assert small.evidence_workers == 1


def test_slow_uploads_need_more_evidence_workers() -> None:
    """200 flags a second, 0.3 s each in one of 8 threads that are busy for 70 % of the time."""
    assert plan(flagged=0.02).evidence_workers == 22
    assert plan(flagged=0.04).evidence_workers == 43


def test_each_shard_has_an_evidence_worker() -> None:
    assert plan(flagged=0).evidence_workers == plan().part("valkey") == 20


def test_redis_memory_is_pictures_frames_and_candidates() -> None:
    assert plan().redis_bytes == 20_000 * 10 * 50_000 + 20_000 * 600 * 250 + 100_000 * 5_000


def test_every_process_has_its_connections_to_postgres() -> None:
    assert plan().client_connections == 40 * 10 + 400 * 1 + 20 * 12


def test_core_hours_are_all_cores_during_exams() -> None:
    rows = list(plan().rows())

    assert plan().cores == 400 + 40 + 20 + 2 + 4
    assert row(rows, "core-hours a month") == 466 * EXAM_HOURS


def test_rows_of_the_plan_state_their_numbers() -> None:
    rows = list(plan().rows())

    assert rows[0] == "100000 candidates, a frame every 5 s each: 20000 frames/s"
    assert row(rows, "shards") == 20
    assert row(rows, "of each Redis, GB") == pytest.approx(13.5 / 20, abs=0.01)
    assert row(rows, "memory, GB") == pytest.approx(40 + 3.2 + 1.8, abs=0.01)
    assert row(rows, "disk: evidence, GB") == pytest.approx(200 * 3_600 * EXAM_HOURS * 50_000 / 1e9)
    assert row(rows, "disk: Postgres, GB") == pytest.approx(200 * 3_600 * EXAM_HOURS * 3_600 / 1e9)
    assert row(rows, "MAX_BACKLOG") == 10_000


def test_rows_say_what_is_measured_and_what_assumed() -> None:
    unsaid = [line.split()[:2] for line in plan().rows() if not re.search("measured|[Aa]ssumed", line)]

    # Calculated from settings alone, after the title; the last row is a remark.
    assert unsaid[1:-1] == [["client", "connections"], ["MAX_BACKLOG", "10000"]]
