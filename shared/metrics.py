"""Prometheus metrics of all processes of one program."""

import logging
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

log = logging.getLogger(__name__)

MULTIPROCESS_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
"""Variable of prometheus-client: each process keeps its metrics in files there, which outlive it."""


def metrics_registry() -> CollectorRegistry:
    """Return the metrics of this process, or of all processes that share its directory."""
    if not os.environ.get(MULTIPROCESS_DIRECTORY):
        return REGISTRY
    registry = CollectorRegistry()
    registry.register(_Collector(registry=None))  # type: ignore[no-untyped-call]
    return registry


class _Collector(MultiProcessCollector):
    """Skips unreadable files; with prometheus-client's own collector one of them breaks all metrics.

    A process leaves such a file if it is killed while creating it, or if the disk is full.
    """

    def collect(self) -> Iterable[Metric]:
        files = list(Path(self._path).glob("*.db"))
        try:
            return self._read(files)
        except Exception:  # of any kind: the file may hold any bytes
            return self._read([file for file in files if self._is_readable(file)])

    def _read(self, files: Iterable[Path]) -> Iterable[Metric]:
        metrics: Iterable[Metric] = self.merge([str(file) for file in files])  # type: ignore[no-untyped-call]
        return metrics

    def _is_readable(self, file: Path) -> bool:
        try:
            self._read([file])
        except Exception as error:
            log.warning("skipping the unreadable metrics file %s: %s", file.name, error)
            _remove_unless_in_use(file)
            return False
        return True


def _remove_unless_in_use(file: Path) -> None:
    """An empty file may be about to be filled by the process whose id is in its name."""
    owner = file.stem.rpartition("_")[2]
    if not (owner.isdecimal() and _is_running(int(owner))):
        with suppress(OSError):
            file.unlink()


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
