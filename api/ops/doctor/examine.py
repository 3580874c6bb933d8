"""All that the doctor looks at, in the order in which it should be set right."""

from collections.abc import Iterator

from pydantic import ValidationError

from api.ops.doctor.evidence import look_at_evidence, look_at_store
from api.ops.doctor.line import Level, Line, broken
from api.ops.doctor.postgres import look_at_postgres
from api.ops.doctor.redis import look_at_redis
from api.ops.doctor.settings import look_at_settings
from api.ops.doctor.video import look_at_video
from api.ops.doctor.workers import look_at_workers
from shared.db.connection import connect
from shared.settings import Settings, explain


def examine(patience: float) -> Iterator[Line]:
    """Line by line, as it is found; what needs a server that is broken is left out.

    Workers have `patience` seconds for a trial.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        for problem in explain(error):
            yield broken(problem, "set it in the environment (compose: in .env); .env.example explains it")
        return
    yield from look_at_settings(settings)
    tables = list(look_at_postgres(settings))
    yield from tables
    redis = list(look_at_redis(settings))
    yield from redis
    yield from look_at_store(settings)
    database = connect(settings, pool_size=1)
    if _work(tables):
        yield from look_at_evidence(settings, database)
    yield from look_at_video(settings, database)
    if _work(redis):
        yield from look_at_workers(settings, patience)
    database.dispose()


def _work(lines: list[Line]) -> bool:
    return all(line.level is not Level.BROKEN for line in lines)
