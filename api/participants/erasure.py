"""Erasing one person, from the gateway's side: what has to be true when the request is answered."""

import logging
from uuid import UUID

from fastapi.concurrency import run_in_threadpool
from redis.exceptions import RedisError

from api.live.events import Erased, candidate_address
from api.services import Services
from shared.db.erasure import ErasureState, erase_participant
from shared.presence.erasure import mark_erased

log = logging.getLogger(__name__)


async def erase(services: Services, meeting_id: UUID, participant_id: UUID) -> ErasureState | None:
    """Erase a person; None when there never was such a person. May be repeated.

    From here on no gateway takes a frame of theirs or shows anything of them. Where Redis is away that is so
    once the scheduler finds it back.
    """
    store = services.settings.evidence_store
    state = await run_in_threadpool(erase_participant, services.database, meeting_id, participant_id, store)
    if state is None:
        return None
    try:
        # After the commit: a person who is marked but not erased after all would be locked out.
        await mark_erased(participant_id).run_async(services.redis)
        await services.hub.publish(candidate_address(meeting_id, participant_id), Erased())
    except RedisError as error:
        log.warning("somebody erased is not yet marked in Redis, which is left to the scheduler: %s", error)
    return state
