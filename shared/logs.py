"""Logging: one line of JSON per record, with ids, and never a name, a picture or a key."""

import logging
import logging.config
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from celery.signals import setup_logging
from pythonjsonlogger.core import RESERVED_ATTRS

_context_ids: ContextVar[dict[str, str]] = ContextVar("context_ids")

_MIN_LEVELS = {
    # It logs URLs, and those of Imgur contain a picture's delete hash.
    "httpx": "WARNING",
    # Two lines per frame that say less than our own.
    "celery.worker.strategy": "WARNING",
    "celery.app.trace": "WARNING",
}
_REDUNDANT_FIELDS = ("color_message", "data", "taskName")
"""Added by uvicorn and Celery for their own formatters."""


class _AddContextIds(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        vars(record).update(_context_ids.get({}))
        return True


_CONFIGURATION: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"ids": {"()": _AddContextIds}},
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "{levelname}{name}{process}{message}",
            "style": "{",
            "rename_fields": {"levelname": "level", "name": "logger"},
            "timestamp": "at",
            "reserved_attrs": [*RESERVED_ATTRS, *_REDUNDANT_FIELDS],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["ids"]}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {
        **{name: {"level": level} for name, level in _MIN_LEVELS.items()},
        **{
            name: {"handlers": [], "propagate": True, "level": "INFO"}
            for name in ("uvicorn", "uvicorn.error")
        },
        # Its lines would contain the signatures of links.
        "uvicorn.access": {"handlers": [], "propagate": False},
    },
}


@contextmanager
def log_context(**ids: object) -> Iterator[None]:
    """Add these ids to every record logged inside the block."""
    token = _context_ids.set(_context_ids.get({}) | {name: str(id_) for name, id_ in ids.items()})
    try:
        yield
    finally:
        _context_ids.reset(token)


def configure_logging() -> None:
    """Log as JSON to stderr, uvicorn and Celery included. Called first in each entry point."""
    logging.captureWarnings(capture=True)
    # A receiver of this signal stops Celery from adding its own handlers.
    setup_logging.connect(_keep_configuration, weak=False)
    logging.config.dictConfig(_CONFIGURATION)


def _keep_configuration(**_: object) -> None:
    pass
