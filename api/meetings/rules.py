"""A meeting's rules, by which workers flag frames; cached in Redis for the workers."""

from contextlib import suppress
from uuid import UUID

from fastapi import APIRouter
from fastapi.concurrency import contextmanager_in_threadpool
from pydantic import Field
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.auth.credentials import AdminMeeting
from api.openapi import error_responses
from api.services import Services, Use
from shared.db.meetings import change_rule_overrides, lock_rule_overrides, read_rule_overrides
from shared.rules import CACHE_SECONDS, RuleOverrides, Rules, rules_key

router = APIRouter(tags=["meetings"])


class RulesAnswer(Rules):
    """The rules of a meeting."""

    usual: Rules = Field(description="The operator's defaults")


@router.get("/meetings/{meeting_id}/rules", responses=error_responses(401, 404, 422))
def get_rules(services: Use, meeting: AdminMeeting) -> RulesAnswer:
    """Get the rules by which the meeting's frames are judged."""
    return _build_answer(services, read_rule_overrides(services.database, meeting.id))


@router.patch("/meetings/{meeting_id}/rules", responses=error_responses(401, 404, 413, 422))
async def patch_rules(services: Use, meeting: AdminMeeting, body: RuleOverrides) -> RulesAnswer:
    """Change rules, from the next frame on; null restores the operator's default."""
    async with contextmanager_in_threadpool(
        change_rule_overrides(services.database, meeting.id, body)
    ) as overrides:
        # If Redis is unavailable nothing changes: the old rules would stay cached for a day.
        # The meeting does not move to another shard while its row is locked.
        shard = await services.shards.locate_now(meeting.id)
        await shard.redis.delete(rules_key(meeting.id))
    with suppress(RedisError):  # without the cache workers read the rules from Postgres
        # Read again under the lock: another request may have changed them since.
        async with contextmanager_in_threadpool(lock_rule_overrides(services.database, meeting.id)) as newest:
            shard = await services.shards.locate_now(meeting.id)
            await cache_rules(shard.redis, meeting.id, newest)
    return _build_answer(services, overrides)


def _build_answer(services: Services, overrides: RuleOverrides) -> RulesAnswer:
    defaults = services.settings.rules
    return RulesAnswer(**dict(overrides.merged_with(defaults)), usual=defaults)


async def cache_rules(redis: Redis, meeting_id: UUID, overrides: RuleOverrides) -> None:
    """Cache rules for a day, so that workers can judge without Postgres; raise redis's errors."""
    text = overrides.model_dump_json(exclude_none=True)
    await redis.set(rules_key(meeting_id), text, ex=CACHE_SECONDS)
