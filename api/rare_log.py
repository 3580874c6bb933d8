"""Rate-limited logging."""

import logging
import time

INTERVAL_SECONDS = 10.0


class RareLog:
    """Log at most one warning in `INTERVAL_SECONDS`, with the number of those omitted before it."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._next_at = 0.0
        self._omitted = 0

    def warning(self, message: str, *values: object) -> None:
        """Log the warning, or count it as omitted."""
        now = time.monotonic()
        if now < self._next_at:
            self._omitted += 1
            return
        self._log.warning(message, *values, extra={"omitted": self._omitted})
        self._next_at = now + INTERVAL_SECONDS
        self._omitted = 0
