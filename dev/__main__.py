"""`python -m dev COMMAND`: what runs on one's own machine."""

import argparse
import logging
import signal
import sys
from importlib import import_module
from types import FrameType

from pydantic import ValidationError

from dev.errors import CannotStartError, StackFailedError
from shared.settings import explain

COMMANDS = {
    "up": "the stack alone, in the foreground",
    "demo": "the stack with simulated candidates, and what happens there, live",
    "pages": "build the pages, or check, format or test them",
    "accuracy": "what the engines are worth on labelled pictures",
    "rescore": "what other thresholds would have flagged",
    "fetch-model": "another model for dlib-guided, checked and saved",
    "doctor": "what is wrong with settings and servers, and what to do",
    "audit": "what is known to be wrong with the code and its dependencies",
    "drill": "what a load of simulated candidates takes, and what more would",
    "chaos": "everything goes wrong, and nothing may be lost",
    "bench": "what the system costs over its bare parts",
}


def main() -> int:
    """Run a command; 0 when it was done or stopped, 1 when it failed, 2 when it could not start."""
    parser = argparse.ArgumentParser(prog="python -m dev")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, description in COMMANDS.items():
        # Each command parses its own arguments, `--help` among them.
        commands.add_parser(name, help=description, add_help=False)
    chosen, arguments = parser.parse_known_args()
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    logging.getLogger("dev").setLevel(logging.INFO)
    for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(wanted, _stop)
    try:
        exit_code: int = import_module(f"dev.{chosen.command.replace('-', '_')}").main(arguments)
    except KeyboardInterrupt:
        return 0
    except CannotStartError as error:
        return _fail(str(error), 2)
    except ValidationError as error:
        return _fail("\n".join(explain(error)), 2)
    except StackFailedError as error:
        return _fail(str(error), 1)
    return exit_code


def _stop(_number: int, _frame: FrameType | None) -> None:
    # Once is enough: a second signal must not interrupt the stopping.
    for further in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(further, signal.SIG_IGN)
    raise KeyboardInterrupt


def _fail(message: str, exit_code: int) -> int:
    sys.stderr.write(f"{message}\n")
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
