"""`REDIS_URL`: validation, and conversion to Celery's format."""

from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from redis.connection import parse_url


def check_redis_url(url: str) -> None:
    """Raise ValueError if it is invalid; the message never quotes what may be a password."""
    if url[:1] in {'"', "'"} or url[-1:] in {'"', "'"}:
        raise ValueError("remove the quotes around it")
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("it must start with redis://, rediss:// (for TLS) or unix://")
    try:
        parsed = parse_url(url)  # type: ignore[no-untyped-call]
        parts = urlsplit(url)
    except ValueError:
        raise ValueError(
            "it can't be parsed; in user and password, characters such as : / ? # @ % must be percent-encoded"
        ) from None
    if parts.scheme == "unix" and (parts.hostname or not parsed.get("path")):
        raise ValueError(
            "unix:// must be followed by the full path of the socket: unix:///run/redis.sock?db=0"
        )


def broker_url(redis_url: str) -> str:
    """Return the URL for Celery: kombu supports neither `unix://` nor `db=` nor other redis-py parameters."""
    parts = urlsplit(redis_url)
    query = dict(parse_qsl(parts.query))
    database = query.get("db") or parts.path.strip("/") or "0"
    if parts.scheme == "unix":
        address = f"{_credentials(parts, query)}{parts.path}"
        return f"redis+socket://{address}?virtual_host={query.get('db', '0')}"
    tls = urlencode({name: value for name, value in query.items() if name.startswith("ssl_")})
    return f"{parts.scheme}://{parts.netloc}/{database}" + (f"?{tls}" if tls else "")


def _credentials(parts: SplitResult, query: dict[str, str]) -> str:
    """Return user and password; redis-py takes them before the path or as parameters."""
    if parts.netloc or not {"username", "password"} & query.keys():
        return parts.netloc
    return f"{quote(query.get('username', ''), safe='')}:{quote(query.get('password', ''), safe='')}@"
