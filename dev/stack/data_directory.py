"""The directory where a stack keeps its data, in use by one stack at a time."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.stack.errors import CannotStartError

NEEDED_BYTES = 500_000_000
LEFTOVER_SECONDS = 10


@contextmanager
def claimed(data: Path) -> Iterator[int]:
    """Makes the directory and locks it; yields the lock's file descriptor.

    Every child inherits the descriptor, so that the lock is free only when the last process of a stack is
    gone: a start right after a stack was killed waits for what is left of it.

    Raises:
        CannotStartError: the directory is in use, cannot be written, or has too little room.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(data / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CannotStartError(f"The data directory {data} cannot be used: {error.strerror}.") from error
    try:
        _require_room(data)
        _wait_for(lock, data)
        yield lock
    finally:
        os.close(lock)


def _require_room(data: Path) -> None:
    free = shutil.disk_usage(data).free
    if free < NEEDED_BYTES:
        raise CannotStartError(
            f"Only {free // 1_000_000} MB are free where {data} is, and "
            f"{NEEDED_BYTES // 1_000_000} MB are needed: make room, or choose another directory with --data."
        )


def _wait_for(lock: int, data: Path) -> None:
    deadline = time.monotonic() + LEFTOVER_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline or _owner_lives(lock):
                raise CannotStartError(
                    f"Another stack uses {data}: stop it, or choose another directory with --data."
                ) from None
            time.sleep(0.1)
        else:
            os.ftruncate(lock, 0)
            os.pwrite(lock, str(os.getpid()).encode(), 0)
            return


def _owner_lives(lock: int) -> bool:
    owner = os.pread(lock, 20, 0)
    try:
        os.kill(int(owner), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
