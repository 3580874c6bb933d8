"""The live connection of a candidate's page, in Redis; each key expires by itself.

connected:{participant}    the id of the page's WebSocket connection
undelivered:{participant}  exists while the page may not have shown a message; read with each of their jobs
"""

from uuid import UUID

from shared.redis.script import ScriptCall, read_script

CONNECTED_SECONDS = 90
"""How long a page may seem connected after its gateway was killed."""
UNDELIVERED_SECONDS = 24 * 3_600
"""The lifetime of a token."""

_DISCONNECT = read_script(__file__, "disconnect.lua")


def connected_key(participant_id: UUID) -> str:
    """Return the key of the page's connection."""
    return f"connected:{participant_id}"


def undelivered_key(participant_id: UUID) -> str:
    """Return the key that exists while a message may be undelivered."""
    return f"undelivered:{participant_id}"


def disconnect(participant_id: UUID, connection: str) -> ScriptCall:
    """Return the call that deletes the connection's key, unless a newer connection has replaced it."""
    return ScriptCall(_DISCONNECT, [connected_key(participant_id)], [connection])
