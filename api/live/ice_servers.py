"""The servers by which two browsers find each other."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from api.live.protocol import IceServer
from shared.settings import Settings

VALID_FOR = timedelta(hours=12)
"""As long as a page may stay open: a view begins long after the connection."""


def ice_servers(settings: Settings, user: UUID, now: datetime) -> tuple[IceServer, ...]:
    """What a page's RTCPeerConnection needs; TURN's password expires (coturn's `use-auth-secret`)."""
    servers = []
    if settings.stun_urls:
        servers.append(IceServer(urls=settings.stun_urls))
    if settings.turn_urls and settings.turn_secret:
        username = f"{(now + VALID_FOR).timestamp():.0f}:{user}"
        secret = settings.turn_secret.get_secret_value().encode()
        # SHA-1 is what coturn expects; as an HMAC it is sound.
        digest = hmac.digest(secret, username.encode(), hashlib.sha1)
        credential = base64.b64encode(digest).decode()
        servers.append(IceServer(urls=settings.turn_urls, username=username, credential=credential))
    return tuple(servers)
