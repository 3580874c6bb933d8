"""The WebSocket between a page and the gateway, for messages and for the signals of live views."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError
from redis.asyncio import Redis

from api.auth.credentials import check_admin, identify_viewer, parse_id, require_meeting
from api.auth.tokens import Bearer
from api.errors import OUTAGES, NotAuthorised, NotFound, TooMany, WrongOrigin
from api.live.admin_peer import AdminPeer
from api.live.candidate_peer import CandidatePeer
from api.live.connection import (
    NOT_AUTHORISED,
    NOT_FOUND,
    NOT_UNDERSTOOD,
    TOO_FAST,
    TRY_AGAIN,
    CloseConnection,
    Connection,
    explain,
)
from api.live.events import admins_address, candidate_address, candidates_address, viewer_address
from api.live.ice_servers import create_ice_servers
from api.live.origin import is_allowed_origin
from api.live.presence import connected
from api.live.protocol import Hello, Welcome
from api.problem import error_response
from api.services import Services, Use, get_services
from shared.db.tables import Role

log = logging.getLogger(__name__)

router = APIRouter()

HELLO_SECONDS = 10
WRONG_ORIGIN = "pages of this origin may not connect; CORS_ORIGINS lists those that may"
MAX_REASON_BYTES = 123
"""The limit of RFC 6455."""


@router.websocket("/meetings/{meeting_id}/live")
async def live(websocket: WebSocket, services: Use, meeting_id: str) -> None:
    """Serve a page until it disconnects. It sends its credentials first: in a URL they would be logged."""
    if not is_allowed_origin(services.settings, websocket.headers):
        log.warning("WebSocket refused: wrong origin %s", websocket.headers["Origin"][:MAX_REASON_BYTES])
        await websocket.send_denial_response(error_response(WrongOrigin(WRONG_ORIGIN)))
        return
    await websocket.accept()
    try:
        await _serve(services, websocket, meeting_id)
    except WebSocketDisconnect:
        return
    except CloseConnection as ended:
        await _close(websocket, ended.code, ended)
    except NotAuthorised as error:
        await _close(websocket, NOT_AUTHORISED, error)
    except TooMany as error:
        await _close(websocket, TOO_FAST, error)
    except NotFound as error:
        await _close(websocket, NOT_FOUND, error)
    except OUTAGES as error:
        log.warning("live connection closed: server unavailable: %s", type(error).__name__)
        await _close(websocket, TRY_AGAIN, "a server behind the gateway is unavailable; connect again")


async def _close(websocket: WebSocket, code: int, reason: object) -> None:
    with suppress(WebSocketDisconnect):  # the page has closed it first
        await websocket.close(code, str(reason).encode()[:MAX_REASON_BYTES].decode(errors="ignore"))


async def _serve(services: Services, websocket: WebSocket, meeting_id: str) -> None:
    connection = Connection(websocket)
    viewer = identify_viewer(services, (await _receive_hello(connection)).credentials)
    meeting = parse_id(meeting_id, "meeting")
    if isinstance(viewer, Bearer):
        await _serve_candidate(services, connection, meeting, viewer)
    else:
        check_key = partial(_check_admin, websocket, meeting_id, viewer)
        await _serve_admin(services, connection, meeting, check_key)


async def _receive_hello(connection: Connection) -> Hello:
    try:
        async with asyncio.timeout(HELLO_SECONDS):
            return Hello.model_validate_json(await connection.receive(), strict=True)
    except TimeoutError:
        raise CloseConnection(NOT_AUTHORISED, f"no hello within {HELLO_SECONDS} s") from None
    except ValidationError as error:
        raise CloseConnection(NOT_UNDERSTOOD, f"not a hello: {explain(error)}") from None


def _check_admin(websocket: WebSocket, meeting_id: str, admin_key: str) -> None:
    check_admin(websocket, require_meeting(get_services(websocket), meeting_id), admin_key)


async def _serve_candidate(
    services: Services, connection: Connection, meeting_id: UUID, candidate: Bearer
) -> None:
    if candidate.meeting_id != meeting_id:
        raise NotFound("the token is not for this meeting")
    if candidate.role is not Role.CANDIDATE:
        raise NotAuthorised("an admin connects with the admin key")
    peer = CandidatePeer(services.hub, services.database, connection, candidate)
    addresses = candidates_address(meeting_id), candidate_address(meeting_id, candidate.participant_id)

    async def locate() -> Redis:
        return (await services.shards.locate(meeting_id)).redis

    with services.hub.listening(connection.enqueue, *addresses):
        # While listening: an erasure after the check closes the connection.
        await run_in_threadpool(peer.require_participant)
        async with connected(locate, candidate.participant_id):
            await _serve_candidate_peer(services, connection, peer, candidate.participant_id)


async def _serve_candidate_peer(
    services: Services, connection: Connection, peer: CandidatePeer, participant_id: UUID
) -> None:
    try:
        await connection.send(_welcome(services, "candidate", participant_id))
        await peer.on_connect()
        await connection.serve(peer)
    finally:
        await peer.on_disconnect()


async def _serve_admin(
    services: Services, connection: Connection, meeting_id: UUID, check_key: Callable[[], None]
) -> None:
    peer = AdminPeer(services.hub, services.database, connection, meeting_id, check_key)
    addresses = admins_address(meeting_id), viewer_address(meeting_id, peer.viewer)
    with services.hub.listening(connection.enqueue, *addresses):
        # While listening: a key that is replaced after the check closes the connection.
        await run_in_threadpool(check_key)
        try:
            await connection.send(_welcome(services, "admin", peer.viewer))
            await connection.serve(peer)
        finally:
            await peer.on_disconnect()


def _welcome(services: Services, role: Literal["admin", "candidate"], user: UUID) -> Welcome:
    return Welcome(role=role, ice_servers=create_ice_servers(services.settings, user, datetime.now(UTC)))
