"""A clock that jumps: libfaketime changes the time of day of a process."""

from pathlib import Path

LIBRARY = "faketime/libfaketimeMT.so.1"
DIRECTORIES = ("/usr/lib64", "/usr/lib", *(str(path) for path in Path("/usr/lib").glob("*-linux-gnu")))
MISSING = "there is no libfaketime; on Debian: apt install libfaketime"
CACHE_SECONDS = 2.0
"""libfaketime reads the file with the offset once a second."""


def library() -> Path | None:
    """Return the path of libfaketime; None if it is not installed."""
    return next((path for base in DIRECTORIES if (path := Path(base) / LIBRARY).exists()), None)


class Clock:
    """The clock of processes started with `environment`; without libfaketime it never jumps."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.jump(0)

    @property
    def environment(self) -> dict[str, str]:
        """Environment of a process that uses this clock. Its monotonic clock is unchanged."""
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
        """Set the offset from the true time."""
        self._file.write_text(f"{seconds:+}s\n")
