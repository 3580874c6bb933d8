"""Check an installation: `python -m api.ops.doctor`. The exit code is 1 if something is broken."""

import argparse
import logging
import sys

from api.ops.doctor.checks import run_checks
from api.ops.doctor.finding import Level


def main(arguments: list[str]) -> int:
    """Print findings as they are made; return the exit code."""
    options = argparse.ArgumentParser(prog="python -m api.ops.doctor")
    options.add_argument(
        "--patience", type=float, default=20, metavar="SECONDS", help="time-out for the workers' test (20)"
    )
    chosen = options.parse_args(arguments)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    broken = False
    for finding in run_checks(chosen.patience):
        print(finding, flush=True)
        broken = broken or finding.level is Level.BROKEN
    return int(broken)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
