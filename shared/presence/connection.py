"""The live connection of a candidate's page, in Redis; each key expires by itself.

connected:{participant}    the id of the page's WebSocket connection
undelivered:{participant}  exists while the page may not have shown a message; read with each of their jobs
"""

from uuid import UUID

from shared.db.interruptions import InterruptionType
from shared.presence.timeline import INTERRUPTED_SECONDS, NEW_INTERRUPTIONS, format_start, interrupted_key
from shared.redis.script import ScriptCall, read_script

CONNECTED_SECONDS = 90
"""How long a page may seem connected after its gateway was killed."""
UNDELIVERED_SECONDS = 24 * 3_600
"""The lifetime of a token."""

_CONNECT = read_script(__file__, "connect.lua")
_DISCONNECT = read_script(__file__, "disconnect.lua")


def connected_key(participant_id: UUID) -> str:
    """Return the key of the page's connection."""
    return f"connected:{participant_id}"


def undelivered_key(participant_id: UUID) -> str:
    """Return the key that exists while a message may be undelivered."""
    return f"undelivered:{participant_id}"


def connect(participant_id: UUID, connection: str, now: float) -> ScriptCall:
    """Return the call that records a connection, and ends the interruption before it."""
    return ScriptCall(_CONNECT, _keys(participant_id), [connection, CONNECTED_SECONDS, now])


def disconnect(
    participant_id: UUID, connection: str, reason: InterruptionType | None, now: float
) -> ScriptCall:
    """Return the call that deletes a connection, unless a newer one has replaced it.

    With a reason an interruption starts.
    """
    start = format_start(participant_id, reason, now) if reason else ""
    return ScriptCall(_DISCONNECT, _keys(participant_id), [connection, start, INTERRUPTED_SECONDS])


def _keys(participant_id: UUID) -> list[str]:
    return [connected_key(participant_id), interrupted_key(participant_id), NEW_INTERRUPTIONS]
