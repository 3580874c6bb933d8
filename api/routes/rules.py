"""A meeting's rules: what makes a frame a flag in it."""

from contextlib import suppress

from fastapi import APIRouter
from fastapi.concurrency import contextmanager_in_threadpool
from pydantic import Field
from redis.exceptions import RedisError

from api.credentials import AdminMeeting
from api.openapi import answers
from api.rules import keep_at_hand, let_go
from api.services import Services, Use
from shared.meetings import changed_rules, locked_rules, own_rules
from shared.rules import OwnRules, Rules

router = APIRouter(tags=["meetings"])


class RulesAnswer(Rules):
    """The numbers that hold for the meeting."""

    usual: Rules = Field(description="Those of a meeting that has none of its own")


@router.get("/meetings/{meeting_id}/rules", responses=answers(401, 404, 422))
def get_rules(services: Use, meeting: AdminMeeting) -> RulesAnswer:
    """The numbers by which the meeting's frames are judged, for its admin."""
    return _answer(services, own_rules(services.database, meeting.id))


@router.patch("/meetings/{meeting_id}/rules", responses=answers(401, 404, 413, 422))
async def patch_rules(services: Use, meeting: AdminMeeting, body: OwnRules) -> RulesAnswer:
    """Change some of them, from the next frame on; null goes back to what is usual here."""
    async with contextmanager_in_threadpool(changed_rules(services.database, meeting.id, body)) as own:
        # With Redis away nothing is changed, or the old ones would hold for a day.
        await let_go(services, meeting.id)
    with suppress(RedisError):  # while it is away a worker asks Postgres
        # Read once more: somebody may have changed them since.
        async with contextmanager_in_threadpool(locked_rules(services.database, meeting.id)) as newest:
            await keep_at_hand(services, meeting.id, newest)
    return _answer(services, own)


def _answer(services: Services, own: OwnRules) -> RulesAnswer:
    usual = services.settings.rules
    return RulesAnswer(**dict(own.over(usual)), usual=usual)
