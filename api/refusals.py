"""Frames that the gateway did not take, counted by why."""

import re

from prometheus_client import Counter
from starlette.types import Scope

REFUSED = Counter("proctor_frames_refused", "Frames that were not let in", ["reason"])
FRAMES = "/detect_faces"


def brings_frame(scope: Scope) -> bool:
    """Whether the request is for `/detect_faces`, before which the path of PUBLIC_URL may be."""
    return bool(scope["path"].endswith(FRAMES))


def count_refusal(scope: Scope, reason: str) -> None:
    """Notes that a request was refused; only those that bring a frame are counted."""
    if brings_frame(scope):
        REFUSED.labels(reason).inc()


def reason_of(error: Exception) -> str:
    """`too_fast` for TooFast."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()
