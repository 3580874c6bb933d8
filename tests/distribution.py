"""How pytest-xdist spreads the tests over processes, each of which starts the servers it needs for itself."""

import os

import pytest
from xdist.remote import Producer
from xdist.scheduler.loadgroup import LoadGroupScheduling

WHOLE_STACKS = ("pages", "stack")
"""Session fixtures whose tests all run in one process; the first starts first, as its tests take longest."""


class FileOrGroupScheduling(LoadGroupScheduling):  # type: ignore[misc]  # pytest-xdist ships no types
    """A file runs in one process, so that its fixtures are set up once; `xdist_group` overrides that."""

    def _split_scope(self, nodeid: str) -> str:
        group: str = super()._split_scope(nodeid)
        return nodeid.partition("::")[0] if group == nodeid else group


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FileOrGroupScheduling:
    """Hand out the work in the order of the collection, which is longest first."""
    config.option.loadscopereorder = False
    return FileOrGroupScheduling(config, log)


def pytest_xdist_auto_num_workers() -> int:
    """Use two processes per core, as tests mostly wait for servers; more than eight find too little to do."""
    return min(2 * (os.cpu_count() or 1), 8)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test its group, and start the slowest first so that none is left running alone at the end."""
    for position, item in enumerate(items):
        if stack := _whole_stack(item):
            item.add_marker(pytest.mark.xdist_group(stack))
        elif item.get_closest_marker("spread"):
            item.add_marker(pytest.mark.xdist_group(str(position)))
    items.sort(key=_start_order)


def _whole_stack(item: pytest.Item) -> str | None:
    fixtures = item.fixturenames if isinstance(item, pytest.Function) else []
    return next((stack for stack in WHOLE_STACKS if stack in fixtures), None)


def _start_order(item: pytest.Item) -> int:
    if stack := _whole_stack(item):
        return WHOLE_STACKS.index(stack)
    return len(WHOLE_STACKS) + (item.get_closest_marker("slow") is None)
