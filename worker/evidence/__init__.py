"""The evidence worker, `celery -A worker.evidence worker -Q evidence -P threads`, and the scheduler.

The scheduler, `celery -A worker.evidence beat`, sends the periodic tasks that the evidence worker does.
"""

import gc
from functools import cache

from celery import Celery

# At the top: the `celery` script has the current directory in its path only while it imports this package.
from shared.logs import configure_logging
from shared.settings import read_settings


def __getattr__(name: str) -> Celery:
    """Create `celery` on first access by Celery's command line, so that the import has no side effects."""
    if name != "celery":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _create()


@cache
def _create() -> Celery:
    gc.disable()  # what is imported is no garbage, and looking for some takes a fifth of the start
    from worker.evidence.app import create_evidence_app  # noqa: PLC0415 - only the program needs it

    configure_logging()
    celery = create_evidence_app(read_settings())
    gc.enable()
    return celery
