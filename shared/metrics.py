"""What the processes of one program have counted together, for Prometheus."""

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
"""prometheus-client's own variable: its processes, dead ones too, keep what they count in files there."""


def metrics_registry() -> CollectorRegistry:
    """The metrics of this process, or of all that share its directory."""
    if not os.environ.get(MULTIPROCESS_DIRECTORY):
        return REGISTRY
    registry = CollectorRegistry()
    registry.register(_Collector(registry=None))  # type: ignore[no-untyped-call]
    return registry


class _Collector(MultiProcessCollector):
    """prometheus-client's own fails as a whole when one file can't be read.

    A process leaves such a file when it is killed while it opens it, or when the disk is full.
    """

    def collect(self) -> Iterable[Metric]:
        files = list(Path(self._path).glob("*.db"))
        try:
            return self._read(files)
        except Exception:  # of many kinds: the bytes may be anything
            return self._read([file for file in files if self._can_be_read(file)])

    def _read(self, files: Iterable[Path]) -> Iterable[Metric]:
        metrics: Iterable[Metric] = self.merge([str(file) for file in files])  # type: ignore[no-untyped-call]
        return metrics

    def _can_be_read(self, file: Path) -> bool:
        try:
            self._read([file])
        except Exception as error:
            log.warning("the metrics in %s can't be read, and are left out: %s", file.name, error)
            _remove_unless_in_use(file)
            return False
        return True


def _remove_unless_in_use(file: Path) -> None:
    """One that is empty may be about to be filled by the process whose id is in its name."""
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
