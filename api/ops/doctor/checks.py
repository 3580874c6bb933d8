"""All checks of the doctor, in the order in which problems should be fixed."""

from collections.abc import Iterator

from pydantic import ValidationError

from api.ops.doctor.evidence import check_evidence, check_store
from api.ops.doctor.finding import Finding, Level, broken
from api.ops.doctor.postgres import check_postgres
from api.ops.doctor.redis import check_redis
from api.ops.doctor.settings import check_settings
from api.ops.doctor.video import check_video
from api.ops.doctor.workers import check_workers
from shared.db.connection import connect
from shared.settings import Settings, explain_errors


def run_checks(patience: float) -> Iterator[Finding]:
    """Yield findings as they are made, without checks that need a broken server.

    `patience` is the time-out for the workers' test, in seconds.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        for problem in explain_errors(error):
            yield broken(problem, "set it in the environment (compose: in .env); .env.example explains it")
        return
    yield from check_settings(settings)
    postgres = list(check_postgres(settings))
    yield from postgres
    redis = list(check_redis(settings))
    yield from redis
    yield from check_store(settings)
    database = connect(settings, pool_size=1)
    if _none_broken(postgres):
        yield from check_evidence(settings, database)
    yield from check_video(settings, database)
    if _none_broken(redis):
        yield from check_workers(settings, patience)
    database.dispose()


def _none_broken(findings: list[Finding]) -> bool:
    return all(finding.level is not Level.BROKEN for finding in findings)
