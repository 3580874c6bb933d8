"""Commands of `python -m dev`, run by the tests' own process: another would first import everything."""

from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from subprocess import CompletedProcess

from dev.__main__ import run


def run_dev(command: str, *arguments: str | Path) -> CompletedProcess[str]:
    """Run a command; return what a process of it would have printed."""
    with redirect_stdout(StringIO()) as stdout, redirect_stderr(StringIO()) as stderr:
        try:
            exit_code = run(command, [str(argument) for argument in arguments])
        except SystemExit as error:  # argparse refuses the arguments
            exit_code = int(error.code or 0)
    return CompletedProcess([command, *arguments], exit_code, stdout.getvalue(), stderr.getvalue())
