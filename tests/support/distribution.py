"""Distribution of the tests over pytest-xdist processes, each of which starts the servers it needs."""

import gc
import os
from collections.abc import Generator
from pathlib import PurePath

import pytest
from xdist.remote import Producer
from xdist.scheduler.loadscope import LoadScopeScheduling

SPREAD = {"test_chaos.py", "test_fuzz_api.py", "test_graceful_stop.py", "test_stack.py"}
"""Files whose tests need nothing from each other and take long: each test may run in another process."""

ON_A_STACK = {
    "test_doctor.py": "stack",
    "test_erasure.py": "stack",
    "test_evidence.py": "stack",
    "test_logs.py": "stack",
    "test_queue_messages.py": "stack",
    "test_drill.py::test_running_system_can_be_drilled": "stack",
    "test_outages.py": "faulty",
    "test_graceful_stop.py::test_stopping_worker_finishes_its_run_and_requeues": "faulty",
    "test_watchdog.py::test_worker_with_a_hung_pool_exits": "faulty",
}
"""Files and tests that share a whole stack, named by the fixture that starts it once in a process."""

FIRST = "test_every_frame_is_accounted_for_under_each_fault"
"""The longest test, which can't be divided."""

WAITING = {
    "test_outages.py",
    "test_poison_messages.py",
    "test_postgres_failover.py",
    "test_redis_failover.py",
    "test_sentinel.py",
    "test_shards.py",
    "test_slow_connections.py",
    "test_watchdog.py",
}
"""Files that wait for minutes and need little processor time, which the pages meanwhile use."""


def group_of(nodeid: str) -> str:
    """Name what has to run in one process: tests that share what is expensive to start."""
    file = PurePath(nodeid.partition("::")[0])
    if shared := ON_A_STACK.get(PurePath(nodeid).name) or ON_A_STACK.get(file.name):
        return shared
    if file.name in SPREAD:
        return nodeid
    if file.name.startswith("test_pages_") and file.parent.name == "e2e":
        # Two halves, each with a whole stack and its browsers: in one process they would be the last to end.
        return "pages a-k" if file.name < "test_pages_l" else "pages l-z"
    return "stack" if file.parent.name == "e2e" else str(file)


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist ships no types
    """Hands out the groups in the order of the collection, which is longest first."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> GroupScheduling:
    """Keep our order. (`--dist loadgroup` adds the group to node ids, which this pytest does not allow.)"""
    config.option.loadscopereorder = False
    return GroupScheduling(config, log)


def pytest_xdist_auto_num_workers() -> int:
    """Use three processes per core: with two, the cores idle a quarter of the time."""
    return min(3 * (os.cpu_count() or 1), 8)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect no garbage while modules are imported, nor later among what they keep: it takes long."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start what takes longest first, so that nothing is left running alone at the end."""

    def order(item: pytest.Item) -> tuple[bool, ...]:
        return (
            item.name != FIRST,
            item.path.parent.name != "e2e",
            # xdist hands out the fifth group together with the longest test: one that is short.
            item.path.name != "test_chaos.py",
            item.path.name not in WAITING,
            item.get_closest_marker("slow") is None,
        )

    items.sort(key=order)
