"""What clients send and receive for a frame."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from shared.jobs.model import Job, JobStatus
from shared.presence.observations import FAST_INTERVAL_MS
from shared.verdicts import Findings, FlagKind, PictureQuality


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


def build_answer(job: Job, usual_interval_ms: int) -> JobAnswer:
    """Return what a client sees of the job."""
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
