"""Prints the report that a gateway waits for."""

import logging
from uuid import UUID

from redis import Redis
from sqlalchemy import Engine

from shared.db.evidence import load_thumbnails
from shared.reports import REPORT_SECONDS, AttemptReport, ReportRequest, report_data_key, report_pdf_key
from worker.reports.pdf import print_attempt, print_exam

log = logging.getLogger(__name__)


def answer_request(redis: Redis, database: Engine, request: UUID) -> None:
    """Push the PDF to where the gateway waits; do nothing if it has given up. Raises redis's errors."""
    text = redis.getdel(report_data_key(request))
    if text is None:
        log.info("nobody waits for the report any more")
        return
    report = ReportRequest.model_validate_json(text).report
    if isinstance(report, AttemptReport):
        pictures = [picture for incident in report.record.incidents for picture in incident.pictures]
        pdf = print_attempt(report, load_thumbnails(database, pictures))
    else:
        pdf = print_exam(report)
    with redis.pipeline() as pipeline:
        pipeline.rpush(report_pdf_key(request), pdf)
        pipeline.expire(report_pdf_key(request), REPORT_SECONDS)
        pipeline.execute()
