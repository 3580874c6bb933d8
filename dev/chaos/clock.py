"""A clock that jumps: libfaketime under a process moves what it takes for the time of day."""

from pathlib import Path

LIBRARY = "faketime/libfaketimeMT.so.1"
DIRECTORIES = ("/usr/lib64", "/usr/lib", *(str(path) for path in Path("/usr/lib").glob("*-linux-gnu")))
MISSING = "there is no libfaketime; on Debian: apt install libfaketime"
SEEN_AFTER_SECONDS = 2.0
"""The file with the jump is read again once a second."""


def library() -> Path | None:
    """Where libfaketime is, if it is."""
    return next((path for base in DIRECTORIES if (path := Path(base) / LIBRARY).exists()), None)


class Clock:
    """The time of day of processes started with `environment`; without libfaketime that of the machine."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.jump(0)

    @property
    def environment(self) -> dict[str, str]:
        """What has a process live by this clock. A clock that is set never moves the monotonic one."""
        found = library()
        if found is None:
            return {}
        return {
            "LD_PRELOAD": str(found),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def jump(self, seconds: int) -> None:
        """Be so far from the true time."""
        self._file.write_text(f"{seconds:+}s\n")
