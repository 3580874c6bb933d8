"""What the processes of one program have counted together, for Prometheus."""

import os

from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
"""prometheus-client's own variable: its processes, dead ones too, keep what they count in files there."""


def program_registry() -> CollectorRegistry:
    """The metrics of this process, or of all that share its directory."""
    if not os.environ.get(DIRECTORY):
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry
