"""Deliver messages to candidates' pages without a WebSocket, and record receipts."""

import logging
from collections.abc import Iterable
from uuid import UUID

from fastapi.concurrency import run_in_threadpool
from redis.asyncio import Redis
from sqlalchemy import Engine

from api.auth.tokens import Bearer
from api.errors import OUTAGES
from api.live.events import Notice, admins_address
from api.live.hub import Hub
from api.live.protocol import ReceiptNotice
from shared.db.messages import OpenMessage, list_open_messages, record_receipt
from shared.presence.connection import UNDELIVERED_SECONDS, undelivered_key

log = logging.getLogger(__name__)


async def mark_undelivered(redis: Redis, participants: Iterable[UUID]) -> None:
    """Deliver these candidates' messages with the next job that they read."""
    async with redis.pipeline(transaction=False) as pipe:
        for participant_id in participants:
            pipe.set(undelivered_key(participant_id), 1, ex=UNDELIVERED_SECONDS)
        await pipe.execute()


async def collect_undelivered(redis: Redis, database: Engine, participant_id: UUID) -> list[OpenMessage]:
    """Return messages that no page of the candidate has shown; none during an outage."""
    try:
        # Delete the mark before reading: a message sent meanwhile sets it again. Concurrent requests get
        # nothing, so that Postgres is queried once.
        if not await redis.delete(undelivered_key(participant_id)):
            return []
        messages = await run_in_threadpool(list_open_messages, database, participant_id, undelivered=True)
    except OUTAGES as error:
        log.warning("delivering a candidate's messages with a later job: %s", type(error).__name__)
        messages = None
    if messages is None or messages:
        # Deliver them with every job until there is a receipt.
        await _mark_again(redis, participant_id)
    return messages or []


async def _mark_again(redis: Redis, participant_id: UUID) -> None:
    try:
        await mark_undelivered(redis, [participant_id])
    except OUTAGES as error:
        log.warning("a candidate's messages will be delivered by WebSocket only: %s", type(error).__name__)


async def give_receipt(
    hub: Hub, database: Engine, candidate: Bearer, message_id: UUID, *, acknowledged: bool
) -> bool:
    """Record a receipt and notify the admins; return False if the message is not the candidate's."""
    receipt = await run_in_threadpool(
        record_receipt, database, message_id, candidate.participant_id, acknowledged=acknowledged
    )
    if receipt is None:
        return False
    notice = ReceiptNotice(
        id=receipt.message_id,
        participant_id=receipt.participant_id,
        delivered_at=receipt.delivered_at,
        acknowledged_at=receipt.acknowledged_at,
    )
    await hub.publish(admins_address(candidate.meeting_id), Notice(notice=notice))
    return True
