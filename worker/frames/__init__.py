"""The frames worker: `celery -A worker.frames worker -Q frames`, one process per core."""

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
    from worker.engines.engine import load_detectors  # noqa: PLC0415 - only the program needs these
    from worker.frames.app import create_frames_app  # noqa: PLC0415

    configure_logging()
    settings = read_settings()
    celery = create_frames_app(settings, load_detectors(settings))
    gc.enable()
    return celery
