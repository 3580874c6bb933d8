"""`python -m dev up`: the stack in the foreground, until a signal; processes that end are restarted."""

import argparse
import logging
import math
import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from dev.load.exam import Exam
from dev.pages import build
from dev.stack.errors import StackFailedError
from dev.stack.stack import DATA, Stack
from dev.stack.supervisor import Supervisor
from shared.settings import Settings

_logger = logging.getLogger(__name__)


def create_parser(command: str) -> argparse.ArgumentParser:
    """Return the parser of a command that starts the stack."""
    options = argparse.ArgumentParser(prog=f"python -m dev {command}")
    options.add_argument(
        "--port", type=int, default=8000, help="gateway port; 0 picks a free one (default 8000)"
    )
    options.add_argument("--data", type=Path, default=DATA, help="directory of all data (.data)")
    options.add_argument("--workers", type=int, help="processes that judge frames (one per core)")
    return options


def with_pages(environment: Mapping[str, str]) -> dict[str, str]:
    """Build the pages and return the environment with `PAGES_PATH`, unless that is already set."""
    if environment.get("PAGES_PATH"):
        return dict(environment)
    try:
        return {**environment, "PAGES_PATH": str(build())}
    except StackFailedError as error:
        _logger.warning("%s\nContinuing without the pages: the gateway serves only its API.", error)
        return dict(environment)


def main(arguments: list[str]) -> int:
    """Start the stack, print `ready URL`, and run until stopped."""
    options = create_parser("up")
    options.add_argument("--gateway-processes", type=int, default=1, help="processes that serve HTTP (1)")
    options.add_argument("--no-simulate", action="store_true", help="without simulated candidates")
    chosen = options.parse_args(arguments)
    settings = Settings()
    with ExitStack() as running:
        environment = with_pages(os.environ)
        stack = Stack(
            chosen.data,
            port=chosen.port,
            workers=chosen.workers,
            gateway_processes=chosen.gateway_processes,
            environment=environment,
        )
        running.enter_context(stack)
        print(f"ready {stack.url}", flush=True)
        if not chosen.no_simulate:
            running.enter_context(Exam(stack.url, settings.operator_key))
        Supervisor(stack.processes).wait(math.inf)
    return 0
