"""The audit log of a meeting, for its admin: the newest entries, or all in a file that can be verified."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from api.auth.credentials import AdminMeeting
from api.files import send_file, spool
from api.openapi import error_responses
from api.services import Use
from shared.db.audit import Action, Actor, Entry, export_log, list_audit_entries, record_action
from shared.db.audit_checkpoints import load_signing_key, sign_checkpoints

router = APIRouter(tags=["privacy"])


class AuditLine(BaseModel):
    """One entry of the audit log."""

    at: datetime
    actor: Actor
    action: Action
    what: str = Field(examples=["flag 12"])
    before: dict[str, Any] | None = Field(description="What the action changed, as it was before")
    after: dict[str, Any] | None = Field(description="The same after it", examples=[{"review": "confirmed"}])


class AuditLog(BaseModel):
    """The newest 500 entries, newest first."""

    entries: list[AuditLine]


@router.get("/meetings/{meeting_id}/audit", responses=error_responses(401, 404, 422))
def get_audit(services: Use, meeting: AdminMeeting) -> AuditLog:
    """Get the audit log: who viewed, decided, exported, changed or erased what.

    Actors are roles, not persons: several people may share an admin key.
    """
    entries = list_audit_entries(services.database, meeting.id)
    return AuditLog(entries=[_build_line(entry) for entry in entries])


@router.get(
    "/meetings/{meeting_id}/audit.log",
    response_class=StreamingResponse,
    responses=error_responses(401, 404, 422)
    | {200: {"description": "The whole log, with signed checkpoints", "content": {"text/plain": {}}}},
)
def get_audit_file(services: Use, meeting: AdminMeeting) -> StreamingResponse:
    """Export the whole audit log, as `python -m api.verify_log` checks it."""
    record_action(services.database, meeting.id, Actor.ADMIN, Action.EXPORTED, "the audit log")
    sign_checkpoints(services.database, load_signing_key(services.settings), meeting.id)
    file = spool(export_log(services.database, meeting.id))
    return send_file(file, f"audit-{meeting.id}.log", "text/plain; charset=utf-8")


def _build_line(entry: Entry) -> AuditLine:
    fields = asdict(entry)
    return AuditLine(what=fields.pop("target"), **fields)
