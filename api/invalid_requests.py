"""A limit for invalid requests, apart from all others: who sends valid ones never notices it."""

import logging

from fastapi import Request

from api.errors import TooMany
from api.limits import address_of
from api.live.pace import Paces
from api.rare_log import RareLog
from api.refusals import brings_frame

log = logging.getLogger(__name__)

PER_SECOND = 50
BURST = 2_000
"""Of one address, behind which may be a whole school; by a gateway process. Each costs it some 2 ms."""


class InvalidRequests:
    """Counts them by address."""

    def __init__(self) -> None:
        self._paces = Paces(PER_SECOND, BURST)
        self._log = RareLog(log)

    def refuse(self, request: Request) -> TooMany | None:
        """Count one more; what to answer it with when there are too many."""
        # Frames are counted by participant, before they are read.
        if brings_frame(request.scope) or self._paces.allow(address_of(request)):
            return None
        self._log.warning("an address sends too many invalid requests")
        return TooMany("invalid requests from this address", 1)
