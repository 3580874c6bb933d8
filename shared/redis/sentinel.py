"""`redis+sentinel://`: the addresses of Redis Sentinel, which is asked where the primary is."""

import re
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from redis.connection import parse_url

SENTINEL_SCHEMES = ("redis+sentinel://", "rediss+sentinel://")
SENTINEL_PORT = 26379
SENTINEL_TIMEOUTS = {"socket_timeout": 2, "socket_connect_timeout": 2}
"""Short: when one Sentinel is silent, the next is asked."""
UNPARSABLE = (
    "it can't be parsed; in user and password, characters such as : / ? # @ % must be percent-encoded"
)

_URL = re.compile(
    r"(?P<scheme>rediss?)\+sentinel://(?:(?P<user>[^@/?#]*)@)?(?P<hosts>[^@/?#]+)"
    r"(?:/(?P<service>[^@/?#]*))?(?:/(?P<database>[0-9]*))?(?:\?(?P<query>[^#]*))?"
)
_CREDENTIALS = {"sentinel_username": "username", "sentinel_password": "password"}


@dataclass(frozen=True, slots=True)
class SentinelUrl:
    """`redis+sentinel://[user:password@]host[:port][,host[:port]…]/service[/db][?option=value&…]`.

    User and password are the primary's; Sentinel's are the options `sentinel_username` and
    `sentinel_password`. The other options are redis-py's. With `rediss+sentinel` all connections use TLS.
    """

    sentinels: tuple[tuple[str, int], ...]
    service: str
    options: dict[str, Any] = field(repr=False)
    """Keyword arguments of connections to the primary."""
    sentinel_options: dict[str, Any] = field(repr=False)
    """Keyword arguments of connections to a Sentinel."""

    @classmethod
    def parse(cls, url: str) -> Self:
        """Return the parts of a URL; raise ValueError, whose message never quotes it, if it is invalid."""
        if not (parts := _URL.fullmatch(url)):
            raise ValueError(UNPARSABLE)
        sentinels = tuple(_address(host) for host in parts["hosts"].split(","))
        if not parts["service"]:
            raise ValueError("the name of Sentinel's service is missing: …:26379/service")
        query = parse_qsl(parts["query"] or "")
        options = _primary_options(parts, [pair for pair in query if pair[0] not in _CREDENTIALS])
        tls = {name: value for name, value in options.items() if name.startswith("ssl")}
        credentials = {_CREDENTIALS[name]: value for name, value in query if name in _CREDENTIALS}
        return cls(sentinels, parts["service"], options, SENTINEL_TIMEOUTS | tls | credentials)


def is_sentinel_url(url: str) -> bool:
    """Return whether Sentinel is to be asked for the primary."""
    return url.startswith(SENTINEL_SCHEMES)


def _primary_options(parts: re.Match[str], query: list[tuple[str, str]]) -> dict[str, Any]:
    url = f"{parts['scheme']}://{parts['user'] or ''}@/{parts['database'] or 0}?{urlencode(query)}"
    try:
        options: dict[str, Any] = parse_url(url)  # type: ignore[no-untyped-call]
    except ValueError:
        raise ValueError(UNPARSABLE) from None
    uses_tls = options.pop("connection_class", None) is not None
    return options | ({"ssl": True} if uses_tls else {})


def _address(host: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{host}")
        port = parts.port or SENTINEL_PORT
    except ValueError:
        raise ValueError(UNPARSABLE) from None
    if not parts.hostname:
        raise ValueError(UNPARSABLE)
    return parts.hostname, port
