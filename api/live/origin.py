"""From which web sites a browser may open a WebSocket: CORS does not cover it."""

from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from shared.settings import Environment, Settings

DEFAULT_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str | None, int | None]


def is_allowed_origin(settings: Settings, headers: Mapping[str, str]) -> bool:
    """Whether the page is ours or of CORS_ORIGINS; a client without `Origin` is no browser, and passes."""
    sent = headers.get("Origin")
    if sent is None or "*" in settings.cors_origins:
        return True
    origin = _origin_of(sent)
    if origin is None:
        return False
    if settings.environment is Environment.DEVELOPMENT and urlsplit(sent).netloc == headers.get("Host"):
        return True  # one machine has many names: localhost, 127.0.0.1, …
    return origin in map(_origin_of, (settings.public_url, *settings.cors_origins))


def _origin_of(url: str) -> Origin | None:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, _port_of(parts)
    except ValueError:  # of a port that is none
        return None


def _port_of(parts: SplitResult) -> int | None:
    return parts.port or DEFAULT_PORTS.get(parts.scheme)
