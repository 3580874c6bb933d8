"""`/metrics` of a worker, answered by its main process for the whole pool."""

import os
import sys
from wsgiref.simple_server import WSGIServer

from celery.signals import heartbeat_sent, worker_process_init, worker_ready
from prometheus_client import start_http_server

from shared.metrics import DIRECTORY, program_registry
from shared.settings import Settings
from worker.metrics import HEARTBEAT

_servers: list[WSGIServer] = []


def serve_metrics(settings: Settings, queue: str) -> None:
    """Has the worker of `queue`, about to start, answer on `METRICS_PORT`, unless that is unset."""
    port = settings.metrics_port
    if port is None:
        return
    if not os.environ.get(DIRECTORY):
        sys.exit(f"METRICS_PORT needs {DIRECTORY}, a directory of this worker's own, such as its /tmp")

    def start(**_: object) -> None:
        _servers.append(start_http_server(port, registry=program_registry())[0])

    def beat(**_: object) -> None:
        HEARTBEAT.labels(queue).set_to_current_time()

    worker_ready.connect(start, weak=False)
    heartbeat_sent.connect(beat, weak=False)


@worker_process_init.connect
def _let_go_of_port(**_: object) -> None:
    """A child that outlives a killed worker must not keep the next one from its port."""
    for server in _servers:
        server.socket.close()
