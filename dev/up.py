"""`python -m dev up`: the stack in the foreground, until a signal or a failure."""

import argparse
from contextlib import ExitStack
from pathlib import Path

from dev.exam import Exam
from dev.stack import DATA, Stack
from shared.settings import Settings


def parser(command: str) -> argparse.ArgumentParser:
    """The options of a command that starts the stack."""
    options = argparse.ArgumentParser(prog=f"python -m dev {command}")
    options.add_argument("--port", type=int, default=8000, help="of the gateway; 0 takes a free one (8000)")
    options.add_argument("--data", type=Path, default=DATA, help="where everything is kept (.data)")
    options.add_argument("--workers", type=int, help="processes that judge frames (one per core)")
    return options


def main(arguments: list[str]) -> int:
    """Start the stack, say `ready URL` on standard output, and stay."""
    options = parser("up")
    options.add_argument("--no-simulate", action="store_true", help="without simulated candidates")
    chosen = options.parse_args(arguments)
    settings = Settings()
    with ExitStack() as running:
        stack = running.enter_context(Stack(chosen.data, port=chosen.port, workers=chosen.workers))
        print(f"ready {stack.url}", flush=True)
        if not chosen.no_simulate:
            running.enter_context(Exam(stack.url, settings.operator_key))
        stack.watch()
    return 0
