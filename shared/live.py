"""What gateways know of a candidate's page, in Redis; each key expires by itself.

connected:{participant}    the id of the page's WebSocket connection
undelivered:{participant}  there while the page may not have shown a message yet; read with each of their jobs
"""

from uuid import UUID

CONNECTED_SECONDS = 90
"""How long a page may seem to be connected after its gateway was killed."""
UNDELIVERED_SECONDS = 24 * 3_600
"""As long as a token lives."""


def connected_key(participant_id: UUID) -> str:
    """The page's live connection."""
    return f"connected:{participant_id}"


def undelivered_key(participant_id: UUID) -> str:
    """Whether a message may not have arrived."""
    return f"undelivered:{participant_id}"


DISCONNECT = """
local connected, connection = KEYS[1], ARGV[1]
if redis.call('GET', connected) == connection then redis.call('DEL', connected) end
"""
"""The connection has ended. KEYS: the page's. ARGV: the connection's id; a newer one is left alone."""
