"""Count refused frames by reason."""

from prometheus_client import Counter
from starlette.types import Scope

from api.errors import URN, ProblemError

REFUSED = Counter("proctor_frames_refused", "Frames that were refused", ["reason"])
FRAMES = "/detect_faces"


def is_frame_request(scope: Scope) -> bool:
    """Return whether the request is for `/detect_faces`, with or without the path of PUBLIC_URL."""
    return bool(scope["path"].endswith(FRAMES))


def count_refusal(scope: Scope, reason: str) -> None:
    """Count a refused request if it is for a frame."""
    if is_frame_request(scope):
        REFUSED.labels(reason).inc()


def refusal_reason(error: ProblemError) -> str:
    """Return the metric's label for `error`: `too_fast` for `urn:proctor:too-fast`."""
    return error.type.removeprefix(URN).replace("-", "_")
