"""A meeting's rules: what makes a frame a flag in it, cached in Redis for the workers."""

from contextlib import suppress
from uuid import UUID

from fastapi import APIRouter
from fastapi.concurrency import contextmanager_in_threadpool
from pydantic import Field
from redis.exceptions import RedisError

from api.auth.credentials import AdminMeeting
from api.openapi import answers
from api.services import Services, Use
from shared.db.meetings import change_rule_overrides, lock_rule_overrides, read_rule_overrides
from shared.rules import CACHE_SECONDS, RuleOverrides, Rules, rules_key

router = APIRouter(tags=["meetings"])


class RulesAnswer(Rules):
    """The numbers that hold for the meeting."""

    usual: Rules = Field(description="Those of a meeting that has none of its own")


@router.get("/meetings/{meeting_id}/rules", responses=answers(401, 404, 422))
def get_rules(services: Use, meeting: AdminMeeting) -> RulesAnswer:
    """The numbers by which the meeting's frames are judged, for its admin."""
    return _answer(services, read_rule_overrides(services.database, meeting.id))


@router.patch("/meetings/{meeting_id}/rules", responses=answers(401, 404, 413, 422))
async def patch_rules(services: Use, meeting: AdminMeeting, body: RuleOverrides) -> RulesAnswer:
    """Change some of them, from the next frame on; null goes back to what is usual here."""
    async with contextmanager_in_threadpool(
        change_rule_overrides(services.database, meeting.id, body)
    ) as own:
        # If Redis is away nothing changes: the old rules would stay cached for a day.
        await invalidate_rules(services, meeting.id)
    with suppress(RedisError):  # then a worker reads them from Postgres
        # Read again under the lock: another request may have changed them since.
        async with contextmanager_in_threadpool(lock_rule_overrides(services.database, meeting.id)) as newest:
            await cache_rules(services, meeting.id, newest)
    return _answer(services, own)


def _answer(services: Services, own: RuleOverrides) -> RulesAnswer:
    usual = services.settings.rules
    return RulesAnswer(**dict(own.merged_with(usual)), usual=usual)


async def invalidate_rules(services: Services, meeting_id: UUID) -> None:
    """Delete the cached rules, before the new ones are committed; raises redis's errors."""
    await services.redis.delete(rules_key(meeting_id))


async def cache_rules(services: Services, meeting_id: UUID, own: RuleOverrides) -> None:
    """Cache rules for a day, so that frames are judged while Postgres is away; raises redis's errors."""
    text = own.model_dump_json(exclude_none=True)
    await services.redis.set(rules_key(meeting_id), text, ex=CACHE_SECONDS)
