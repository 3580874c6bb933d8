"""`python -m dev COMMAND`: the tools of development and operation."""

import argparse
import logging
import signal
import sys
from importlib import import_module
from types import FrameType

from pydantic import ValidationError

from dev.stack.errors import CannotStartError, StackFailedError
from shared.settings import explain_errors

COMMANDS = {
    "up": ("dev.stack.up", "run the stack in the foreground"),
    "demo": ("dev.stack.demo", "run the stack with simulated candidates, and show what happens there"),
    "pages": ("dev.pages", "build the pages, or check, format or test them"),
    "accuracy": ("dev.accuracy", "measure the engines on labelled pictures"),
    "exam": ("dev.exam", "simulate exams from labelled pictures, and measure flags over time"),
    "scenes": ("dev.scenes", "draw hard scenes into pictures, and show what the worker concludes"),
    "rescore": ("dev.accuracy.rescore", "show what other thresholds would have flagged"),
    "fetch-model": ("dev.accuracy.fetch_model", "download another model for dlib-guided, and check it"),
    "doctor": ("api.ops.doctor.__main__", "find what is wrong with settings and servers, and what to do"),
    "audit": ("dev.audit", "list known weaknesses of the code and its dependencies"),
    "drill": ("dev.load.drill", "measure a load of simulated candidates, and plan for a larger one"),
    "chaos": ("dev.chaos", "inject every fault under load, and check that nothing is lost"),
    "bench": ("dev.load.bench", "measure what the system costs over its bare parts"),
}
"""Each command's module, and its line in `--help`."""


def main() -> int:
    """Run the command that the arguments name; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dev")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (_, description) in COMMANDS.items():
        # Each command parses its own arguments, `--help` among them.
        commands.add_parser(name, help=description, add_help=False)
    chosen, arguments = parser.parse_known_args()
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    logging.getLogger("dev").setLevel(logging.INFO)
    for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(wanted, _stop)
    return run(chosen.command, arguments)


def run(command: str, arguments: list[str]) -> int:
    """Run a command; return 0 if it succeeded or was stopped, 1 if it failed, 2 if it could not start."""
    try:
        exit_code: int = import_module(COMMANDS[command][0]).main(arguments)
    except KeyboardInterrupt:
        return 0
    except CannotStartError as error:
        return _fail(str(error), 2)
    except ValidationError as error:
        return _fail("\n".join(explain_errors(error)), 2)
    except StackFailedError as error:
        return _fail(str(error), 1)
    return exit_code


def _stop(_number: int, _frame: FrameType | None) -> None:
    # A second signal must not interrupt the shutdown.
    for further in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(further, signal.SIG_IGN)
    raise KeyboardInterrupt


def _fail(message: str, exit_code: int) -> int:
    sys.stderr.write(f"{message}\n")
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
