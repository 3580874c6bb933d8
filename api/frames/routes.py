"""Submit frames and read their jobs."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field, ValidationError
from starlette.routing import request_response

from api.auth.credentials import (
    BEARER_DOCUMENTED,
    Authorization,
    may_see_job,
    parse_id,
    read_viewer,
    require_candidate,
)
from api.auth.tokens import Bearer
from api.errors import NotFound, TooComplex
from api.frames.base64_picture import decode_base64
from api.input.json_structure import is_too_complex
from api.live.delivery import collect_undelivered
from api.middleware.body_limit import SMALL_FRAME_BYTES
from api.openapi import error_responses
from api.services import Services, Use, get_services
from shared.jobs.model import Job, JobStatus
from shared.presence.observations import FAST_INTERVAL_MS
from shared.verdicts import Findings, FlagKind, PictureQuality

router = APIRouter(tags=["frames"])

MAX_WAIT_SECONDS = 20
NO_SUCH_JOB = "there is no such job; jobs are kept for an hour"


class BareRoute(APIRoute):
    """A route that FastAPI documents, but that is called directly with the request.

    FastAPI's handling of parameters and responses takes as long as accepting a frame.
    """

    def __init__(
        self,
        path: str,
        endpoint: Callable[[Request], Awaitable[Response]],
        **documented: Any,  # noqa: ANN401 - any argument of APIRoute
    ) -> None:
        super().__init__(path, endpoint, **documented)
        self.app = request_response(endpoint)


class Frame(BaseModel):
    """A picture from a candidate's camera."""

    base64_img: str = Field(
        description="A data URL or bare base64 of a JPEG, PNG or WebP. The standard alphabet with padding, "
        "in one line or wrapped; the URL-safe alphabet and base64 without padding are refused",
        examples=["data:image/jpeg;base64,/9j/4AAQSkZJRg…"],
    )
    participant_id: str
    participant_name: str | None = Field(
        None, description="Ignored; accepted for clients of the tutorial. The name is set on joining"
    )
    meeting_id: str
    precheck: bool = Field(default=False, description="Judge the frame as a test, without recording it")


class AcceptedFrame(BaseModel):
    """An accepted frame, which will be judged."""

    job_id: UUID
    status: Literal[JobStatus.QUEUED] = JobStatus.QUEUED
    status_url: str
    next_frame_in_ms: int = Field(description="When to send the next; grows while the system is busy")


class MessageForCandidate(BaseModel):
    """A message from an invigilator."""

    id: UUID
    text: str
    sent_at: datetime


class JobAnswer(BaseModel):
    """The current state of a job."""

    job_id: UUID
    status: JobStatus
    id: UUID = Field(description="The participant's id; the tutorial's clients expect it here")
    multiple_detected: bool | None = Field(description="null until the job is done")
    faces: int | None = Field(description="Number of faces; null until the job is done")
    flags: list[FlagKind]
    verdict: str | None = Field(description="`ok` or the kind of flag; null until the job is done")
    face_hidden: bool | None = Field(
        None, description="Somebody is there without a visible face; null until the job is done"
    )
    picture: PictureQuality | None = Field(
        None, description="Whether the picture can show anybody; null until the job is done"
    )
    findings: Findings | None = Field(description="What the detector found; null until the job is done")
    next_frame_in_ms: int | None = Field(
        None,
        description="When to send the next frame, if it should be earlier because this one is suspicious",
    )
    error: str | None = Field(None, description="Why the frame was not judged, if `failed` or `expired`")
    messages: list[MessageForCandidate] = Field(
        [],
        description="Messages to the candidate who asks that have no receipt yet, for pages without "
        "a WebSocket",
    )


@dataclass(frozen=True, slots=True)
class _DecodedFrame:
    picture: bytes
    precheck: bool


async def _read_frame(request: Request, services: Services, sender: Bearer) -> _DecodedFrame:
    """Read and decode the body; raise an error if it is invalid or not the sender's."""
    # Not with `request.body()`, which would keep it in memory until Redis has answered.
    body = b"".join([chunk async for chunk in request.stream()])
    max_bytes = services.settings.max_frame_bytes
    if len(body) <= SMALL_FRAME_BYTES:
        return _parse_frame(body, sender, max_bytes)
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(services.large_frames, _parse_frame, body, sender, max_bytes)


def _parse_frame(body: bytes, sender: Bearer, max_bytes: int) -> _DecodedFrame:
    if is_too_complex(body):
        raise TooComplex("the body has more elements than a frame")
    try:
        # With pydantic alone: FastAPI creates a dict first, which takes twice as long.
        frame = Frame.model_validate_json(body)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        raise RequestValidationError(errors) from error
    if frame.meeting_id != str(sender.meeting_id) or frame.participant_id != str(sender.participant_id):
        raise NotFound("the token is not for this meeting_id and participant_id")
    return _DecodedFrame(decode_base64(frame.base64_img, max_bytes), frame.precheck)


async def detect_faces(request: Request) -> Response:
    """Submit a frame. It is accepted only if it can be judged in time; poll `status_url` for the verdict."""
    services = get_services(request)
    sender = await require_candidate(request)
    with services.frame_throttle.reading(sender.participant_id):
        frame = await _read_frame(request, services, sender)
        accepted = await services.admission.admit(sender, frame.picture, precheck=frame.precheck)
    status_url = f"{request.scope['root_path']}/jobs/{accepted.job_id}"
    answer = AcceptedFrame(
        job_id=accepted.job_id, status_url=status_url, next_frame_in_ms=accepted.next_frame_in_ms
    )
    # Serialised here: FastAPI would validate the answer a second time.
    return Response(
        answer.model_dump_json(), status.HTTP_202_ACCEPTED, {"Location": status_url}, "application/json"
    )


detect_faces_route = BareRoute(
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
)


@router.get("/jobs/{job_id}", responses=error_responses(401, 404, 422))
async def get_job(
    services: Use,
    request: Request,
    authorization: Authorization,
    job_id: str,
    wait: Annotated[
        float, Query(ge=0, le=MAX_WAIT_SECONDS, description="Seconds to wait for the job to end")
    ] = 0,
) -> JobAnswer:
    """Get a job: for the candidate who sent the frame, and for the meeting's admin."""
    viewer = read_viewer(services, authorization)
    job = await services.jobs.find(parse_id(job_id, "job"))
    if job is None or not await may_see_job(request, viewer, job):
        raise NotFound(NO_SUCH_JOB)
    if wait and not job.status.ended:
        job = await services.jobs.wait(job.id, wait)
    if job is None:  # its sender was erased meanwhile
        raise NotFound(NO_SUCH_JOB)
    answer = _build_answer(job, services.settings.frame_interval_ms)
    if job.has_messages and isinstance(viewer, Bearer):
        messages = await collect_undelivered(services.redis, services.database, viewer.participant_id)
        answer.messages = [MessageForCandidate(**asdict(message)) for message in messages]
    return answer


def _build_answer(job: Job, usual_interval_ms: int) -> JobAnswer:
    verdict = job.outcome.verdict if job.outcome else None
    return JobAnswer(
        job_id=job.id,
        status=job.status,
        id=job.participant_id,
        multiple_detected=verdict.flag is FlagKind.MULTIPLE_FACES if verdict else None,
        faces=verdict.faces if verdict else None,
        flags=[verdict.flag] if verdict and verdict.flag else [],
        verdict=verdict.name if verdict else None,
        face_hidden=verdict.face_hidden if verdict else None,
        picture=verdict.picture if verdict else None,
        findings=job.outcome.findings if job.outcome else None,
        next_frame_in_ms=min(usual_interval_ms, FAST_INTERVAL_MS) if verdict and verdict.suspected else None,
        error=job.error,
    )
