"""All checks of the doctor, in the order in which problems should be fixed."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pydantic import SecretStr, ValidationError
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from api.ops.doctor.evidence import check_evidence, check_store
from api.ops.doctor.finding import Finding, Level, broken
from api.ops.doctor.postgres import check_postgres
from api.ops.doctor.redis import check_redis
from api.ops.doctor.settings import check_settings
from api.ops.doctor.video import check_video
from api.ops.doctor.workers import check_workers
from api.shards.known import list_known_shards
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
    database = connect(settings, pool_size=1)
    shards = _list_shards(settings, database if _none_broken(postgres) else None)
    usable = []
    for shard in shards:
        redis = list(check_redis(shard))
        yield from _name_shard(redis, shard, len(shards))
        if _none_broken(redis):
            usable.append(shard)
    yield from check_store(settings)
    if _none_broken(postgres):
        yield from check_evidence(settings, database)
    yield from check_video(settings, database)
    for shard in usable:
        yield from _name_shard(check_workers(shard, patience), shard, len(shards))
    database.dispose()


def _list_shards(settings: Settings, database: Engine | None) -> list[Settings]:
    """Return the settings of each shard; without Postgres only those in REDIS_URL are known."""
    try:
        shards = list(list_known_shards(settings, database)) if database else settings.shards
    except DBAPIError:  # the tables are of another version, which was reported
        shards = settings.shards
    urls = [SecretStr(f"{shard.url}#{shard.name}") for shard in shards]
    return [settings.model_copy(update={"redis_url": url, "shard": None}) for url in urls]


def _name_shard(findings: Iterable[Finding], settings: Settings, count: int) -> Iterator[Finding]:
    name = settings.own_shard.name
    for finding in findings:
        yield replace(finding, found=f"shard {name}: {finding.found}") if count > 1 else finding


def _none_broken(findings: list[Finding]) -> bool:
    return all(finding.level is not Level.BROKEN for finding in findings)
