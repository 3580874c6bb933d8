"""What Prometheus asks for."""

import asyncio
from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime
from typing import TypeVar

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.errors import OUTAGES
from api.ops.probes import Pending
from api.ops.queue_stats import QueueStats
from api.services import Use
from shared.jobs.model import JobStatus
from shared.metrics import metrics_registry

router = APIRouter(tags=["health"])

ENDED = (JobStatus.DONE, JobStatus.FAILED, JobStatus.EXPIRED)
T = TypeVar("T")


class _System(Collector):
    """The state of the whole system, the same from every gateway, as far as its servers answer."""

    def __init__(self, waiting: QueueStats | None, pending: Pending | None) -> None:
        self._waiting = waiting
        self._pending = pending

    def collect(self) -> Iterator[Metric]:
        """Which servers answer, the queue, the outcomes so far, the evidence that waits for its store."""
        up = GaugeMetricFamily("proctor_server_up", "Whether the server answers", labels=["server"])
        up.add_metric(["redis"], self._waiting is not None)
        up.add_metric(["postgres"], self._pending is not None)
        yield up
        if self._waiting:
            yield from _queue(self._waiting)
        if self._pending:
            yield from _evidence(*self._pending)


def _queue(waiting: QueueStats) -> Iterator[Metric]:
    yield CounterMetricFamily(
        "proctor_frames_accepted", "Frames let in", value=waiting.outcomes.get("accepted", 0)
    )
    ended = CounterMetricFamily("proctor_jobs_ended", "Jobs by how they ended", labels=["status"])
    for status in ENDED:
        ended.add_metric([status], waiting.outcomes.get(status, 0))
    yield ended
    yield GaugeMetricFamily(
        "proctor_frames_waiting", "Frames accepted and not yet judged", value=waiting.frames
    )
    yield GaugeMetricFamily(
        "proctor_oldest_frame_seconds",
        "Age of the oldest that waits for a worker; one that is held for Postgres is not counted",
        value=waiting.oldest_seconds or 0,
    )


def _evidence(count: int, since: datetime | None) -> Iterator[Metric]:
    age = (datetime.now(UTC) - since).total_seconds() if since else 0
    yield GaugeMetricFamily("proctor_evidence_pending", "Pictures that wait for their store", value=count)
    yield GaugeMetricFamily("proctor_oldest_evidence_seconds", "Age of the oldest of them", value=age)


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"description": "Metrics", "content": {"text/plain": {}}}},
)
async def get_metrics(services: Use) -> Response:
    """The state of the whole system, and what this gateway refused, as Prometheus reads them."""
    system = CollectorRegistry()
    queue, pending = await asyncio.gather(
        _unless_away(services.probes.queue()), _unless_away(services.probes.pending())
    )
    system.register(_System(queue, pending))
    program = await run_in_threadpool(generate_latest, metrics_registry())
    return Response(generate_latest(system) + program, media_type=CONTENT_TYPE_LATEST)


async def _unless_away(question: Awaitable[T]) -> T | None:
    try:
        return await question
    except (TimeoutError, *OUTAGES):
        return None
