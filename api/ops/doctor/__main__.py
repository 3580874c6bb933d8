"""`python -m api.ops.doctor`: says what is wrong; the exit code is 1 when something is broken."""

import argparse
import logging
import sys

from api.ops.doctor.examine import examine
from api.ops.doctor.line import Level


def main(arguments: list[str]) -> int:
    """Prints each line as soon as it is known."""
    options = argparse.ArgumentParser(prog="python -m api.ops.doctor")
    options.add_argument(
        "--patience", type=float, default=20, metavar="SECONDS", help="how long workers have for a trial (20)"
    )
    chosen = options.parse_args(arguments)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    sick = False
    for line in examine(chosen.patience):
        print(line, flush=True)
        sick = sick or line.level is Level.BROKEN
    return int(sick)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
