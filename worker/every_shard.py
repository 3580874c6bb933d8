"""Run a command for each shard of REDIS_URL: `python -m worker.every_shard celery -A worker.evidence …`.

Each copy has its SHARD; `{shard}` in the command is replaced by the shard's number. When one copy ends, all
do, and a supervisor starts them again. With one shard this process becomes the command.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

from shared.settings import Settings, read_settings

POLL_SECONDS = 0.2


def main(command: Sequence[str]) -> int:
    """Return the exit code of the copy that ends first."""
    settings = read_settings()
    if len(settings.shards) == 1:
        first = _render(command, 1)
        os.execvp(first[0], first)  # noqa: S606 - the command is the caller's
    children = [
        subprocess.Popen(_render(command, number), env=_environment(settings, number))
        for number in range(1, len(settings.shards) + 1)
    ]

    def forward(number: int, _: object) -> None:
        for child in children:
            child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, forward)
    while all(child.poll() is None for child in children):
        time.sleep(POLL_SECONDS)
    code = next(child.returncode for child in children if child.returncode is not None)
    forward(signal.SIGTERM, None)
    for child in children:
        child.wait()
    return code if code >= 0 else 128 - code


def _render(command: Sequence[str], number: int) -> list[str]:
    return [part.replace("{shard}", str(number)) for part in command]


def _environment(settings: Settings, number: int) -> dict[str, str]:
    own = {"SHARD": settings.shards[number - 1].name}
    # One answers for all: they share the directory of their counters.
    return dict(os.environ) | own | ({} if number == 1 else {"METRICS_PORT": ""})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
