"""A drill says whether waiting or work was the limit."""

import os
import time

import pytest

from dev.load.drill.limit import Cores, Limit, read_cores
from dev.load.work import Work


def verdict(*, own: float, idle: float, stolen: float = 0.0, kept_up: bool = False) -> str:
    """Return the verdict on 100 s of two cores."""
    return Limit.of(Cores(200, idle, stolen), Work(cpu=own)).verdict(kept_up=kept_up)


def test_system_that_kept_up_has_no_limit() -> None:
    assert verdict(own=190, idle=5, kept_up=True).startswith("none")


def test_used_cores_mean_that_work_is_the_limit() -> None:
    assert verdict(own=150, idle=10).startswith("work")


@pytest.mark.parametrize("stolen", [0.0, 120.0])
def test_cores_used_by_others_mean_waiting(stolen: float) -> None:
    assert verdict(own=60, idle=5, stolen=stolen).startswith("waiting for cores that others used")


def test_idle_cores_mean_waiting_for_something_else() -> None:
    assert verdict(own=40, idle=120).startswith("waiting for something else than a core")


def test_shares_of_the_cores_add_up() -> None:
    limit = Limit.of(Cores(200, 20, 10), Work(cpu=70))

    assert (limit.own, limit.idle, limit.stolen) == (0.35, 0.1, 0.05)
    assert limit.others == pytest.approx(0.5)


def test_cores_of_this_machine_are_read() -> None:
    before = read_cores()
    time.sleep(0.1)
    spent = read_cores() - before

    assert spent.total > 0
    # Each core's ticks of 10 ms are rounded on their own, and its time of waiting for disks may be corrected.
    error = 0.05 * (os.cpu_count() or 1)
    assert -error <= spent.idle + spent.stolen <= spent.total + error
