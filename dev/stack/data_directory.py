"""The directory where a stack keeps its data, in use by one stack at a time."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.stack.errors import CannotStartError

MIN_FREE_BYTES = 500_000_000
LEFTOVER_SECONDS = 10


@contextmanager
def locked_directory(data: Path) -> Iterator[int]:
    """Create and lock the directory; yield the lock's file descriptor.

    Every child inherits the descriptor, so the lock is released only when the last process of a stack has
    ended: a start right after a stack was killed waits for its last process.

    Raises:
        CannotStartError: the directory is in use, cannot be written, or has too little room.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CannotStartError(f"The data directory {data} cannot be used: {error.strerror}.") from error
    try:
        _require_free_space(data)
        _wait_for(lock, data)
        yield lock
    finally:
        os.close(lock)


def _require_free_space(data: Path) -> None:
    free = shutil.disk_usage(data).free
    if free < MIN_FREE_BYTES:
        raise CannotStartError(
            f"Only {free // 1_000_000} MB are free on the disk of {data}; "
            f"{MIN_FREE_BYTES // 1_000_000} MB are needed. Free some, or choose another one with --data."
        )


def _wait_for(lock: int, data: Path) -> None:
    deadline = time.monotonic() + LEFTOVER_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline or _owner_is_alive(lock):
                raise CannotStartError(
                    f"Another stack uses {data}: stop it, or choose another directory with --data."
                ) from None
            time.sleep(0.1)
        else:
            os.ftruncate(lock, 0)
            os.pwrite(lock, str(os.getpid()).encode(), 0)
            return


def _owner_is_alive(lock: int) -> bool:
    owner = os.pread(lock, 20, 0)
    try:
        os.kill(int(owner), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
