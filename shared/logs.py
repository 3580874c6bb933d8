"""What a process tells of its doings: a line of JSON each, with ids, and never a name, a picture or a key."""

import logging
import logging.config
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from celery.signals import setup_logging
from pythonjsonlogger.core import RESERVED_ATTRS

_about: ContextVar[dict[str, str]] = ContextVar("about")

_QUIET = {
    # Its addresses are those of stores, and at Imgur have a picture's delete hash in them.
    "httpx": "WARNING",
    # Two lines for each frame, which say less than our own.
    "celery.worker.strategy": "WARNING",
    "celery.app.trace": "WARNING",
}
_TWICE_SAID = ("color_message", "data", "taskName")
"""What uvicorn and Celery add for other formatters."""


class _WithIds(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        vars(record).update(_about.get({}))
        return True


@contextmanager
def log_context(**ids: object) -> Iterator[None]:
    """Whatever is logged meanwhile, by whomever, carries these ids."""
    token = _about.set(_about.get({}) | {name: str(id_) for name, id_ in ids.items()})
    try:
        yield
    finally:
        _about.reset(token)


def configure_logging() -> None:
    """To be called first in each entry point: uvicorn and Celery log the same way from then on."""
    logging.captureWarnings(capture=True)
    # Connected, it keeps Celery from making handlers of its own.
    setup_logging.connect(_leave_it, weak=False)
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"ids": {"()": _WithIds}},
            "formatters": {
                "json": {
                    "()": "pythonjsonlogger.json.JsonFormatter",
                    "fmt": "{levelname}{name}{process}{message}",
                    "style": "{",
                    "rename_fields": {"levelname": "level", "name": "logger"},
                    "timestamp": "at",
                    "reserved_attrs": [*RESERVED_ATTRS, *_TWICE_SAID],
                }
            },
            "handlers": {
                "stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["ids"]}
            },
            "root": {"level": "INFO", "handlers": ["stderr"]},
            "loggers": {
                **{name: {"level": level} for name, level in _QUIET.items()},
                **{
                    name: {"handlers": [], "propagate": True, "level": "INFO"}
                    for name in ("uvicorn", "uvicorn.error")
                },
                # It would hold the signatures of links, whatever uvicorn is told of it.
                "uvicorn.access": {"handlers": [], "propagate": False},
            },
        }
    )


def _leave_it(**_: object) -> None:
    pass
