"""Ask a worker for a PDF: the gateway never touches a picture, and its event loop never waits for one."""

import time
from typing import Any
from uuid import uuid4

from redis.asyncio import Redis

from api.errors import ReportNotReady
from shared.queue import PRINT_REPORT, TaskMessage, create_celery
from shared.reports import (
    REPORT_SECONDS,
    AttemptReport,
    ExamReport,
    ReportRequest,
    report_data_key,
    report_pdf_key,
)
from shared.settings import Settings

MAX_WAIT_SECONDS = 30.0
POLL_SECONDS = 2
"""Less than the time-out of a connection."""


class ReportPrinter:
    """One for each gateway process: building the template of a message takes a Celery application."""

    def __init__(self, settings: Settings) -> None:
        self._message = TaskMessage(create_celery(settings), PRINT_REPORT)

    async def print(self, redis: Redis, report: AttemptReport | ExamReport, wait: float) -> bytes:
        """Return the PDF; raise ReportNotReady if no worker makes it in `wait` seconds, or redis's errors."""
        request = uuid4()
        data = ReportRequest(report=report).model_dump_json()
        async with redis.pipeline() as pipeline:
            pipeline.set(report_data_key(request), data, ex=REPORT_SECONDS)
            pipeline.lpush(self._message.queue, self._message.render(request))
            await pipeline.execute()
        deadline = time.monotonic() + wait
        while time.monotonic() < deadline:
            answer: Any = await redis.blpop([report_pdf_key(request)], timeout=POLL_SECONDS)
            if answer is not None:
                pdf: bytes = answer[1]
                return pdf
        await redis.delete(report_data_key(request))
        raise ReportNotReady("no worker has printed the report yet; try again")
