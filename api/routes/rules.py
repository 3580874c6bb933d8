"""A meeting's rules: what makes a frame a flag in it."""

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool

from api.credentials import AdminMeeting
from api.errors import answers
from api.rules import keep_at_hand, let_go
from api.services import Use
from shared.meetings import change_rules, own_rules
from shared.rules import OwnRules, Rules

router = APIRouter(tags=["meetings"])


@router.get("/meetings/{meeting_id}/rules", responses=answers(401, 404, 422))
def get_rules(services: Use, meeting: AdminMeeting) -> Rules:
    """The numbers by which the meeting's frames are judged, for its admin."""
    return own_rules(services.database, meeting.id).over(services.settings.rules)


@router.patch("/meetings/{meeting_id}/rules", responses=answers(401, 404, 413, 422))
async def patch_rules(services: Use, meeting: AdminMeeting, body: OwnRules) -> Rules:
    """Change some of them, from the next frame on; null goes back to what is usual here."""
    await let_go(services, meeting.id)
    own = await run_in_threadpool(change_rules, services.database, meeting.id, body)
    await keep_at_hand(services, meeting.id, own)
    return own.over(services.settings.rules)
