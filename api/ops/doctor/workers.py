"""Check that workers run: send a test frame the whole way, without recording it."""

import asyncio
import time
from base64 import b64decode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from uuid import uuid4

from redis.exceptions import RedisError

from api.auth.tokens import Bearer
from api.errors import ProblemError
from api.frames.admission import Admission
from api.ops.doctor.finding import Finding, broken, ok, warning
from api.redis import connect_redis
from shared.db.tables import Role
from shared.jobs.model import Job
from shared.jobs.scripts import parse_read, read
from shared.queue import EVIDENCE, SWEEP_EVIDENCE, create_celery
from shared.redis.client import open_redis
from shared.settings import Settings

GREY = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAAAAACPAi4CAAAAKUlEQVR42u3MQREAAAwCIKMb3RD77SAA6VEEAoFAIBAIBAKBQCAQfA8G320A"
    "eXC6efoAAAAASUVORK5CYII="
)
"""A PNG of 64 x 64 grey pixels."""

POLL_SECONDS = 0.1


def check_workers(settings: Settings, patience: float) -> Iterator[Finding]:
    """Wait up to `patience` seconds for a verdict, and as long again for an evidence worker."""
    try:
        yield from _explain_job(asyncio.run(_send_test_frame(settings, patience)), patience)
        yield _check_evidence_worker(settings, patience)
    except ProblemError as error:
        yield broken(
            f"no frames are admitted: {error}", "add workers, or check why the running ones do not judge"
        )
    except RedisError as error:
        yield broken(f"no frame can be accepted: {error}", "fix Redis first")


def _explain_job(job: Job, patience: float) -> Iterator[Finding]:
    if job.outcome:
        engine, version = job.outcome.findings.engine, job.outcome.findings.version
        yield ok(f"a test frame was judged by {engine} ({version})")
        if engine == "dlib-alone":
            yield warning(
                "that worker could not load the guide of dlib-guided: it is slower and misses more faces",
                "its log says what is missing; on other platforms than Linux x86-64 set DETECTOR_MODEL",
            )
    elif job.status.ended:
        yield broken(f"a test frame {job.status}: {job.error}", "read the worker's log")
    else:
        yield broken(
            f"no worker judged a test frame within {patience:.0f} s",
            "start one: `celery -A worker.frames worker -Q frames`, with the same settings",
        )


async def _send_test_frame(settings: Settings, patience: float) -> Job:
    sender = Bearer(meeting_id=uuid4(), participant_id=uuid4(), role=Role.CANDIDATE)
    async with (
        connect_redis(settings.own_shard.url) as redis,
        _run_admission(Admission(settings, redis)) as admission,
    ):
        job_id = uuid4()
        await admission.admit(job_id, sender, GREY, precheck=True)
        deadline = time.monotonic() + patience
        while True:
            job = parse_read(job_id, await read(job_id).run_async(redis))
            if job is None:
                raise RedisError("the test frame's job was deleted; Redis may have been flushed")
            if job.status.ended or time.monotonic() > deadline:
                return job
            await asyncio.sleep(POLL_SECONDS)


@asynccontextmanager
async def _run_admission(admission: Admission) -> AsyncIterator[Admission]:
    task = asyncio.create_task(admission.run())
    try:
        yield admission
    finally:
        task.cancel()
        await asyncio.wait([task])


def _check_evidence_worker(settings: Settings, patience: float) -> Finding:
    """Send a task that the scheduler also sends, and check that a worker takes it."""
    with create_celery(settings) as celery:
        celery.send_task(SWEEP_EVIDENCE, expires=patience)
    deadline = time.monotonic() + patience
    with open_redis(settings.own_shard.url, socket_timeout=5) as redis:
        while redis.llen(EVIDENCE):
            if time.monotonic() > deadline:
                return broken(
                    f"no evidence worker took a task within {patience:.0f} s",
                    "start one: `celery -A worker.evidence worker -Q evidence`, with the same settings",
                )
            time.sleep(POLL_SECONDS)
    return ok("an evidence worker takes tasks")
