"""The workers' metrics. Each is safe in any process of the pool and costs about 2 µs per frame."""

from enum import StrEnum
from itertools import product

from prometheus_client import Counter, Gauge, Histogram

from shared.settings import StoreName
from shared.verdicts import FlagKind

SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120)


class Failure(StrEnum):
    """Why a frame could not be judged."""

    PICTURE = "picture"
    """It can't be decoded."""
    ATTEMPTS = "attempts"
    """Each process that claimed it was killed."""
    GONE = "gone"
    """The meeting or the participant was deleted meanwhile."""
    FAULT = "fault"
    """An error on our side."""


class Expiry(StrEnum):
    """Why a frame was not judged in time."""

    LATE = "late"
    """No worker was free before."""
    LOST = "lost"
    """Its message was lost."""


class Upload(StrEnum):
    """The outcome of an upload."""

    STORED = "stored"
    REFUSED = "refused"
    UNUSABLE = "unusable"
    """The store may have a copy that we can't link to: its response was unusable."""


VERDICT_AGE = Histogram(
    "proctor_verdict_age_seconds",
    "Seconds from accepting a frame to its verdict, by Redis's clock",
    buckets=SECONDS,
)
DETECTOR = Histogram(
    "proctor_detector_seconds",
    "Seconds that the detector took for a picture",
    ["engine"],
    buckets=(0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 10),
)
PERSONS_NOT_SOUGHT = Counter(
    "proctor_persons_not_sought",
    "Frames judged by faces alone, where persons would have been looked for: there is no person detector",
)
FLAGS = Counter("proctor_flags", "Flagged frames", ["kind"])
FAILURES = Counter("proctor_frames_failed", "Frames that could not be judged", ["reason"])
EXPIRIES = Counter("proctor_frames_expired", "Frames that were not judged in time", ["reason"])
UPLOADS = Counter(
    "proctor_evidence_uploads", "Attempts to upload a picture to its store", ["store", "outcome"]
)
HEARTBEAT = Gauge(
    "proctor_worker_heartbeat_timestamp_seconds",
    "When the worker last had its connection to the queue",
    ["queue", "shard"],
    multiprocess_mode="max",
)
SWEEP = Gauge(
    "proctor_last_sweep_timestamp_seconds",
    "When the last sweep of the evidence outbox ended",
    ["shard"],
    multiprocess_mode="max",
)

# Start at 0: Prometheus sees no increase in a series that appears with its first event.
for kind in FlagKind:
    FLAGS.labels(kind)
for failure in Failure:
    FAILURES.labels(failure)
for expiry in Expiry:
    EXPIRIES.labels(expiry)
for store, outcome in product(StoreName, Upload):
    UPLOADS.labels(store, outcome)
