"""`/metrics` of a worker, served by its main process for the whole pool."""

import os
import sys
from typing import TYPE_CHECKING

from celery.signals import heartbeat_sent, worker_process_init, worker_ready
from prometheus_client import start_http_server

from shared.metrics import MULTIPROCESS_DIRECTORY, metrics_registry
from shared.settings import Settings
from worker.runtime.metrics import HEARTBEAT, SWEEP

if TYPE_CHECKING:
    from wsgiref.simple_server import WSGIServer


def serve_metrics(settings: Settings, queue: str) -> None:
    """Serve `/metrics` on `METRICS_PORT`, if it is set, once the worker of `queue` starts."""

    def record_heartbeat(**_: object) -> None:
        HEARTBEAT.labels(queue, settings.own_shard.name).set_to_current_time()

    SWEEP.labels(settings.own_shard.name)  # 0 if there is no scheduler, so that an alert sees it
    heartbeat_sent.connect(record_heartbeat, weak=False)
    port = settings.metrics_port
    if port is None:
        return
    if not os.environ.get(MULTIPROCESS_DIRECTORY):
        sys.exit(
            f"METRICS_PORT needs {MULTIPROCESS_DIRECTORY}, a directory for this worker only, such as its /tmp"
        )
    servers: list[WSGIServer] = []

    def start(**_: object) -> None:
        servers.append(start_http_server(port, registry=metrics_registry())[0])

    def close_inherited_port(**_: object) -> None:
        """Keep a child that outlives a killed worker from blocking its successor's port."""
        for server in servers:
            server.socket.close()

    worker_ready.connect(start, weak=False)
    worker_process_init.connect(close_inherited_port, weak=False)
