"""Frames that the gateway did not take, counted by why."""

from prometheus_client import Counter
from starlette.types import Scope

from api.errors import URN, ProblemError

REFUSED = Counter("proctor_frames_refused", "Frames that were not let in", ["reason"])
FRAMES = "/detect_faces"


def brings_frame(scope: Scope) -> bool:
    """Whether the request is for `/detect_faces`, before which the path of PUBLIC_URL may be."""
    return bool(scope["path"].endswith(FRAMES))


def count_refusal(scope: Scope, reason: str) -> None:
    """Notes that a request was refused; only those that bring a frame are counted."""
    if brings_frame(scope):
        REFUSED.labels(reason).inc()


def reason_of(error: ProblemError) -> str:
    """Return the label for `error` in the metric: `too_fast` for `urn:proctor:too-fast`."""
    return error.type.removeprefix(URN).replace("-", "_")
