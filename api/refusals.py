"""Frames that the gateway did not take, counted by why."""

import re

from prometheus_client import Counter
from starlette.types import Scope

REFUSED = Counter("proctor_frames_refused", "Frames that were not let in", ["reason"])
FRAMES = "/detect_faces"


def count_refusal(scope: Scope, reason: str) -> None:
    """Notes that a request was refused; only those that bring a frame are counted."""
    if scope["path"] == FRAMES:
        REFUSED.labels(reason).inc()


def reason_of(error: Exception) -> str:
    """`too_fast` for TooFast."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()
