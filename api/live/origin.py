"""Check the origin of WebSockets, which CORS does not cover."""

from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from shared.settings import Environment, Settings

DEFAULT_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str | None, int | None]


def is_allowed_origin(settings: Settings, headers: Mapping[str, str]) -> bool:
    """Return whether the page is ours or in CORS_ORIGINS, or the client, without `Origin`, is no browser."""
    sent = headers.get("Origin")
    if sent is None or "*" in settings.cors_origins:
        return True
    origin = _parse_origin(sent)
    if origin is None:
        return False
    if settings.environment is Environment.DEVELOPMENT and urlsplit(sent).netloc == headers.get("Host"):
        return True  # a developer's machine has several names: localhost, 127.0.0.1, …
    return origin in map(_parse_origin, (settings.public_url, *settings.cors_origins))


def _parse_origin(url: str) -> Origin | None:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, _port_of(parts)
    except ValueError:  # invalid port
        return None


def _port_of(parts: SplitResult) -> int | None:
    return parts.port or DEFAULT_PORTS.get(parts.scheme)
