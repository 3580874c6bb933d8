"""Metrics for Prometheus."""

import asyncio
from collections.abc import Awaitable, Iterator, Mapping
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
from shared.db.precision import Precision
from shared.db.tables import Review
from shared.jobs.model import JobStatus
from shared.metrics import metrics_registry

router = APIRouter(tags=["health"])

ENDED_STATUSES = (JobStatus.DONE, JobStatus.FAILED, JobStatus.EXPIRED)
T = TypeVar("T")


class _SystemCollector(Collector):
    """The state of the whole system, the same at every gateway; None stands for an unavailable server.

    `queues` has the names of the shards.
    """

    def __init__(
        self,
        queues: Mapping[str, QueueStats | None],
        pending: Pending | None,
        precision: list[Precision] | None,
    ) -> None:
        self._queues = queues
        self._pending = pending
        self._precision = precision

    def collect(self) -> Iterator[Metric]:
        """Yield the availability of servers, the queue, and the pending evidence."""
        up = GaugeMetricFamily(
            "proctor_server_up", "Whether the server is available", labels=["server", "shard"]
        )
        for shard, queue in self._queues.items():
            up.add_metric(["redis", shard], queue is not None)
        up.add_metric(["postgres", ""], self._pending is not None)
        yield up
        yield from _queue_metrics({shard: queue for shard, queue in self._queues.items() if queue})
        if self._pending:
            yield from _evidence_metrics(*self._pending)
        if self._precision:
            yield _incident_metric(self._precision)


def _queue_metrics(queues: Mapping[str, QueueStats]) -> Iterator[Metric]:
    accepted = CounterMetricFamily("proctor_frames_accepted", "Accepted frames", labels=["shard"])
    ended = CounterMetricFamily("proctor_jobs_ended", "Ended jobs by status", labels=["status", "shard"])
    waiting = GaugeMetricFamily(
        "proctor_frames_waiting", "Accepted frames that are not judged yet", labels=["shard"]
    )
    oldest = GaugeMetricFamily(
        "proctor_oldest_frame_seconds",
        "Age of the oldest frame that waits for a worker, except frames deferred until Postgres is back",
        labels=["shard"],
    )
    for shard, queue in queues.items():
        accepted.add_metric([shard], queue.outcomes.get("accepted", 0))
        for status in ENDED_STATUSES:
            ended.add_metric([status, shard], queue.outcomes.get(status, 0))
        waiting.add_metric([shard], queue.frames)
        oldest.add_metric([shard], queue.oldest_seconds or 0)
    yield from (accepted, ended, waiting, oldest)


def _evidence_metrics(count: int, since: datetime | None) -> Iterator[Metric]:
    age = (datetime.now(UTC) - since).total_seconds() if since else 0
    yield GaugeMetricFamily("proctor_evidence_pending", "Pictures that are not stored yet", value=count)
    yield GaugeMetricFamily("proctor_oldest_evidence_seconds", "Age of the oldest pending picture", value=age)


def _incident_metric(precision: list[Precision]) -> Metric:
    """The precision is confirmed ÷ (confirmed + dismissed)."""
    decided = GaugeMetricFamily(
        "proctor_incidents_decided",
        "Reviewed incidents, counted every ten seconds",
        labels=["kind", "version", "review"],
    )
    for kind, version, confirmed in precision:
        decided.add_metric([kind, version, Review.CONFIRMED], confirmed.hits)
        decided.add_metric([kind, version, Review.DISMISSED], confirmed.of - confirmed.hits)
    return decided


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"description": "Metrics", "content": {"text/plain": {}}}},
)
async def get_metrics(services: Use) -> Response:
    """Get metrics of the whole system and of this gateway, in Prometheus' text format."""
    system = CollectorRegistry()
    shards = services.shards.all
    pending, precision, queues = await asyncio.gather(
        _none_if_unavailable(services.probes.pending()),
        _none_if_unavailable(services.probes.precision()),
        asyncio.gather(*(_none_if_unavailable(shard.probes.queue()) for shard in shards)),
    )
    by_name = {shard.name: queue for shard, queue in zip(shards, queues, strict=True)}
    system.register(_SystemCollector(by_name, pending, precision))
    program = await run_in_threadpool(generate_latest, metrics_registry())
    return Response(generate_latest(system) + program, media_type=CONTENT_TYPE_LATEST)


async def _none_if_unavailable(probe: Awaitable[T]) -> T | None:
    try:
        return await probe
    except (TimeoutError, *OUTAGES):
        return None
