"""Submit frames and read their jobs: what happens to a frame in the gateway, step by step."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Request, Response, status
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from api.auth.credentials import (
    BEARER_DOCUMENTED,
    Viewer,
    may_see_job,
    parse_id,
    require_candidate,
    require_viewer,
)
from api.auth.tokens import Bearer
from api.errors import NotFound, Overloaded
from api.frames.bare_route import BareRoute
from api.frames.frame_body import DecodedFrame, read_frame
from api.frames.job_reader import JobReader
from api.frames.models import AcceptedFrame, Frame, JobAnswer, MessageForCandidate, build_answer
from api.live.delivery import collect_undelivered
from api.openapi import error_responses
from api.services import get_services
from api.shards.open_shard import OpenShard
from shared.jobs.model import Job

MAX_WAIT_SECONDS = 20
_WAIT = TypeAdapter(Annotated[float, Field(ge=0, le=MAX_WAIT_SECONDS)])
NO_SUCH_JOB = "there is no such job; jobs are kept for some minutes"


async def detect_faces(request: Request) -> Response:
    """Submit a frame. It is accepted only if it can be judged in time; poll `status_url` for the verdict."""
    services = get_services(request)
    sender, job_id = await require_candidate(request), uuid4()
    with services.frame_throttle.reading(sender.participant_id):
        frame = await _read_frame(request, sender)
        shard = await services.shards.locate(sender.meeting_id)
        with shard.jobs.accepting(job_id, sender):
            next_frame_in_ms = await shard.admission.admit(
                job_id, sender, frame.picture, precheck=frame.precheck
            )
    status_url = f"{request.scope['root_path']}/jobs/{job_id}"
    answer = AcceptedFrame(job_id=job_id, status_url=status_url, next_frame_in_ms=next_frame_in_ms)
    return _respond(answer, status.HTTP_202_ACCEPTED, {"Location": status_url})


async def _read_frame(request: Request, sender: Bearer) -> DecodedFrame:
    """Read the frame; note the sender if the gateway has no memory for it."""
    services = get_services(request)
    try:
        return await read_frame(request, services, sender)
    except HTTPException as error:
        if isinstance(error.__cause__, Overloaded):
            shard = await services.shards.locate(sender.meeting_id)
            shard.admission.note_refused(sender)
        raise


async def get_job(request: Request) -> Response:
    """Get a job: for the candidate who sent the frame, and for the meeting's admin."""
    services = get_services(request)
    viewer = await require_viewer(request)
    job_id = parse_id(request.path_params["job_id"], "job")
    shard, job = await _read_or_wait(request, viewer, job_id, _parse_wait(request))
    answer = build_answer(job, services.settings.frame_interval_ms)
    if job.has_messages and isinstance(viewer, Bearer):
        messages = await collect_undelivered(shard.redis, services.database, viewer.participant_id)
        answer.messages = [MessageForCandidate(**asdict(message)) for message in messages]
    return _respond(answer)


async def _read_or_wait(
    request: Request, viewer: Viewer, job_id: UUID, seconds: float
) -> tuple[OpenShard, Job]:
    """Return the job and its shard as soon as it has ended, or in its state after so many seconds."""
    shards = get_services(request).shards
    deadline = asyncio.get_running_loop().time() + seconds
    home = await shards.guess(viewer.meeting_id if isinstance(viewer, Bearer) else None)
    if home and (job := await _wait_for(home.jobs, request, viewer, job_id, deadline)):
        return home, job
    # Jobs stay where they are when their meeting moves to another shard.
    shard = await shards.search_job(job_id, besides=home)
    if shard and (job := await _wait_for(shard.jobs, request, viewer, job_id, deadline)):
        return shard, job
    raise NotFound(NO_SUCH_JOB)


async def _wait_for(
    jobs: JobReader, request: Request, viewer: Viewer, job_id: UUID, deadline: float
) -> Job | None:
    """Return the job of one shard, ended if it ends before the deadline; None if it is not there."""
    clock = asyncio.get_running_loop().time
    with jobs.watch(job_id) as watch:
        job = None
        # Candidates wait for the frame that they have just sent: it is known here without reading it.
        if clock() < deadline and jobs.is_open(job_id, viewer):
            job = await watch.wait(deadline)
        while True:
            job = job or await jobs.find(job_id)
            if job is None:
                return None
            if not await may_see_job(request, viewer, job):
                raise NotFound(NO_SUCH_JOB)
            if job.status.ended or clock() >= deadline:
                return job
            job = await watch.wait(deadline)


def _parse_wait(request: Request) -> float:
    # Not `request.query_params`, which the request would keep while it waits.
    text = QueryParams(request.scope["query_string"]).get("wait")
    try:
        return 0 if text is None else _WAIT.validate_python(text)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        raise RequestValidationError([{**one, "loc": ("query", "wait")} for one in errors]) from error


def _respond(
    answer: BaseModel, status_code: int = status.HTTP_200_OK, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(answer.model_dump_json(), status_code, headers, "application/json")


FRAME_ROUTES = (
    BareRoute(
        "/detect_faces",
        detect_faces,
        methods=["POST"],
        tags=["frames"],
        status_code=status.HTTP_202_ACCEPTED,
        response_model=AcceptedFrame,
        responses=error_responses(401, 404, 413, 422, 429),
        openapi_extra=BEARER_DOCUMENTED
        | {
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": Frame.model_json_schema()}},
            }
        },
    ),
    BareRoute(
        "/jobs/{job_id}",
        get_job,
        methods=["GET"],
        tags=["frames"],
        response_model=JobAnswer,
        responses=error_responses(401, 404, 422),
        openapi_extra=BEARER_DOCUMENTED
        | {
            "parameters": [
                {"name": "job_id", "in": "path", "required": True, "schema": {"type": "string"}},
                {
                    "name": "wait",
                    "in": "query",
                    "required": False,
                    "description": "Seconds to wait for the job to end",
                    "schema": _WAIT.json_schema() | {"default": 0},
                },
            ]
        },
    ),
)
