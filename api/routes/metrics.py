"""What Prometheus asks for: the state of the whole system, the same from every gateway."""

from datetime import UTC, datetime

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from api.errors import answers
from api.services import Use
from api.waiting import look_at_queue
from shared.evidence import oldest_pending
from shared.jobs import JobStatus

router = APIRouter(tags=["health"])


class _Jobs(Collector):
    """A counter whose value is known elsewhere."""

    def __init__(self, outcomes: dict[str, int]) -> None:
        self._outcomes = outcomes

    def collect(self) -> list[CounterMetricFamily]:
        """Frames accepted, and by how their job ended."""
        accepted = CounterMetricFamily("proctor_frames_accepted", "Frames let in")
        accepted.add_metric([], self._outcomes.get("accepted", 0))
        ended = CounterMetricFamily("proctor_jobs_ended", "Jobs by how they ended", labels=["status"])
        for status in (JobStatus.DONE, JobStatus.FAILED, JobStatus.EXPIRED):
            ended.add_metric([status], self._outcomes.get(status, 0))
        return [accepted, ended]


@router.get(
    "/metrics",
    response_class=Response,
    responses=answers() | {200: {"description": "Metrics", "content": {"text/plain": {}}}},
)
async def get_metrics(services: Use) -> Response:
    """The queue, the outcomes so far and the evidence that waits for its store, as Prometheus reads them."""
    waiting = await look_at_queue(services.redis, services.settings.frame_ttl_seconds)
    pending, since = await run_in_threadpool(oldest_pending, services.database)
    registry = CollectorRegistry()
    registry.register(_Jobs(waiting.outcomes))
    gauges = {
        "proctor_frames_waiting": ("Frames accepted and not yet judged", waiting.frames),
        "proctor_oldest_frame_seconds": ("Age of the oldest of them", waiting.oldest_seconds or 0),
        "proctor_evidence_pending": ("Pictures that wait for their store", pending),
        "proctor_oldest_evidence_seconds": (
            "Age of the oldest of them",
            (datetime.now(UTC) - since).total_seconds() if since else 0,
        ),
    }
    for name, (meaning, value) in gauges.items():
        Gauge(name, meaning, registry=registry).set(value)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
