"""Log lines about floods, which must not become a flood themselves."""

import logging
import time

INTERVAL_SECONDS = 10.0


class RareLog:
    """Logs one warning in ten seconds, and says how many it left out."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._next_at = 0.0
        self._omitted = 0

    def warning(self, message: str, *values: object) -> None:
        """Log it, or only count it."""
        now = time.monotonic()
        if now < self._next_at:
            self._omitted += 1
            return
        self._log.warning(message, *values, extra={"omitted": self._omitted})
        self._next_at = now + INTERVAL_SECONDS
        self._omitted = 0
