"""Erase a participant: the part that is done before the request is answered."""

import logging
from uuid import UUID

from fastapi.concurrency import run_in_threadpool

from api.errors import OUTAGES
from api.live.events import Erased, candidate_address
from api.services import Services
from shared.db.erasure import ErasureState, erase_participant
from shared.presence.erasure import mark_erased

log = logging.getLogger(__name__)


async def erase(services: Services, meeting_id: UUID, participant_id: UUID) -> ErasureState | None:
    """Erase a participant; return None if there never was one with this id. Idempotent.

    Afterwards no gateway accepts their frames or shows their data; if Redis is unavailable, the scheduler
    achieves this once it is back.
    """
    store = services.settings.evidence_store
    state = await run_in_threadpool(erase_participant, services.database, meeting_id, participant_id, store)
    if state is None:
        return None
    try:
        # After the commit: if it failed, a marked participant would be locked out without being erased.
        home, *draining = await services.shards.locate_all_now(meeting_id)
        await mark_erased(participant_id).run_async(home.redis)
        await services.hub.publish(candidate_address(meeting_id, participant_id), Erased())
        for shard in draining:  # whose jobs may be read until they expire
            shard.require_answers()
            await mark_erased(participant_id).run_async(shard.redis)
    except OUTAGES as error:
        log.warning("could not mark an erased participant in Redis; the scheduler will do so: %s", error)
    return state
