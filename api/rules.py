"""A meeting's own rules, where workers find them with each frame."""

from uuid import UUID

from api.services import Services
from shared.rules import KEEP_SECONDS, OwnRules, rules_key


async def let_go(services: Services, meeting_id: UUID) -> None:
    """While they are changed, before the new ones hold; raises redis's errors."""
    await services.redis.delete(rules_key(meeting_id))


async def keep_at_hand(services: Services, meeting_id: UUID, own: OwnRules) -> None:
    """For a day, so that frames are judged while Postgres is away; raises redis's errors."""
    text = own.model_dump_json(exclude_none=True)
    await services.redis.set(rules_key(meeting_id), text, ex=KEEP_SECONDS)
