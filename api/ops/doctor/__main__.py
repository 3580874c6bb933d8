"""`python -m api.ops.doctor`: says what is wrong; the exit code is 1 when something is broken."""

import argparse
import logging
import sys

from api.ops.doctor.checks import run_checks
from api.ops.doctor.finding import Level


def main(arguments: list[str]) -> int:
    """Print each finding as soon as it is made; return 1 if something is broken."""
    options = argparse.ArgumentParser(prog="python -m api.ops.doctor")
    options.add_argument(
        "--patience", type=float, default=20, metavar="SECONDS", help="how long workers have for a trial (20)"
    )
    chosen = options.parse_args(arguments)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    sick = False
    for finding in run_checks(chosen.patience):
        print(finding, flush=True)
        sick = sick or finding.level is Level.BROKEN
    return int(sick)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
