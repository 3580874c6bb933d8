"""The sizes of the pools follow from what a process does; a setting overrides them."""

from pathlib import Path

import pytest
import yaml

from shared.db.pool_sizes import FRAMES_POOL_SIZE, evidence_pool_size, gateway_pool_size
from shared.settings import Settings

ROOT = Path(__file__).parents[2]
ACCEPTED_BY_POSTGRES = 97
"""`max_connections` less `superuser_reserved_connections`, both by default."""
GATEWAY_PROCESSES = 2


@pytest.mark.parametrize(("processes", "size"), [(1, 20), (2, 10), (4, 5), (16, 5)])
def test_processes_of_a_gateway_share_its_connections(processes: int, size: int) -> None:
    assert gateway_pool_size(Settings(), processes) == size


def test_evidence_worker_has_two_connections_to_spare() -> None:
    assert [evidence_pool_size(Settings(), threads) for threads in (1, 8, 32)] == [3, 10, 34]


def test_given_pool_sizes_win() -> None:
    given = Settings(gateway_pool_size=7, evidence_pool_size=3)

    assert gateway_pool_size(given, processes=2) == 7
    assert evidence_pool_size(given, threads=8) == 3


@pytest.mark.parametrize(("workers", "fits"), [(16, True), (64, False)])
def test_kubernetes_fits_postgres_up_to_sixteen_workers(workers: int, fits: bool) -> None:
    """As documented in docs/operations.md and beside the largest number in scaling.yaml."""
    gateways, evidence, cores = _replicas("api"), _replicas("evidence"), 2

    needed = (
        gateways * GATEWAY_PROCESSES * gateway_pool_size(Settings(), GATEWAY_PROCESSES)
        + workers * cores * FRAMES_POOL_SIZE
        + evidence * evidence_pool_size(Settings(), threads=8)
    )

    assert (needed <= ACCEPTED_BY_POSTGRES) is fits


def _replicas(part: str) -> int:
    documents = yaml.safe_load_all((ROOT / f"deploy/kubernetes/{part}.yaml").read_text())
    [deployment] = [document for document in documents if document["kind"] == "Deployment"]
    return int(deployment["spec"]["replicas"])
