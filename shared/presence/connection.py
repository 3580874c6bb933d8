"""The live connection of a candidate's page, in Redis; each key expires by itself.

connected:{participant}    the id of the page's WebSocket connection
undelivered:{participant}  there while the page may not have shown a message yet; read with each of their jobs
"""

from uuid import UUID

from shared.redis.script import ScriptCall, read_script

CONNECTED_SECONDS = 90
"""How long a page may seem to be connected after its gateway was killed."""
UNDELIVERED_SECONDS = 24 * 3_600
"""As long as a token lives."""

_DISCONNECT = read_script(__file__, "disconnect.lua")


def connected_key(participant_id: UUID) -> str:
    """Return the key of the page's connection."""
    return f"connected:{participant_id}"


def undelivered_key(participant_id: UUID) -> str:
    """Return the key that exists while a message may not have arrived."""
    return f"undelivered:{participant_id}"


def disconnect(participant_id: UUID, connection: str) -> ScriptCall:
    """Return the call that forgets a connection, unless a newer one has taken its place."""
    return ScriptCall(_DISCONNECT, [connected_key(participant_id)], [connection])
