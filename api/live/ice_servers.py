"""STUN and TURN servers for WebRTC."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from api.live.protocol import IceServer
from shared.settings import Settings

VALID_FOR = timedelta(hours=12)
"""Longer than a page stays open: a view may start long after the connection."""


def create_ice_servers(settings: Settings, user: UUID, now: datetime) -> tuple[IceServer, ...]:
    """Return the ICE servers for a page, with TURN credentials that expire (coturn's `use-auth-secret`)."""
    servers = []
    if settings.stun_urls:
        servers.append(IceServer(urls=settings.stun_urls))
    if settings.turn_urls and settings.turn_secret:
        username = f"{(now + VALID_FOR).timestamp():.0f}:{user}"
        secret = settings.turn_secret.get_secret_value().encode()
        # coturn requires SHA-1, which is still secure in an HMAC.
        digest = hmac.digest(secret, username.encode(), hashlib.sha1)
        credential = base64.b64encode(digest).decode()
        servers.append(IceServer(urls=settings.turn_urls, username=username, credential=credential))
    return tuple(servers)
