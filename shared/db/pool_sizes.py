"""How many connections to Postgres a process may open, unless a setting says how many."""

from shared.settings import Settings

FRAMES_POOL_SIZE = 1
"""A process judges one frame at a time."""
GATEWAY_CONNECTIONS = 20
"""Of all processes of a gateway: more queries at a time would wait for its cores."""
MIN_GATEWAY_POOL_SIZE = 5
"""One slow query must not delay all others."""
SPARE_EVIDENCE_CONNECTIONS = 2


def gateway_pool_size(settings: Settings, processes: int = 1) -> int:
    """Return the size for one of so many processes of a gateway, which share its connections."""
    return settings.gateway_pool_size or max(MIN_GATEWAY_POOL_SIZE, GATEWAY_CONNECTIONS // processes)


def evidence_pool_size(settings: Settings, threads: int) -> int:
    """Return the size for an evidence worker: one connection for each thread, and two to spare."""
    return settings.evidence_pool_size or threads + SPARE_EVIDENCE_CONNECTIONS
