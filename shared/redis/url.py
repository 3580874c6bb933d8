"""`REDIS_URL`, as redis-py reads it, and the same address as Celery writes it."""

from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from redis.connection import parse_url


def check_redis_url(url: str) -> None:
    """Raises ValueError, which never quotes what may be a password."""
    if url[:1] in {'"', "'"} or url[-1:] in {'"', "'"}:
        raise ValueError("it is in quotes: leave them out")
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("it must begin with redis://, rediss:// (for TLS) or unix://")
    try:
        parsed = parse_url(url)  # type: ignore[no-untyped-call]
        parts = urlsplit(url)
    except ValueError:
        raise ValueError(
            "it can't be read; in user and password, characters such as : / ? # @ % must be percent-encoded"
        ) from None
    if parts.scheme == "unix" and (parts.hostname or not parsed.get("path")):
        raise ValueError("after unix:// comes the whole path of the socket: unix:///run/redis.sock?db=0")


def broker_url(redis_url: str) -> str:
    """For Celery. kombu knows no `unix://` and no `db=`, and trips over redis-py's other parameters."""
    parts = urlsplit(redis_url)
    query = dict(parse_qsl(parts.query))
    database = query.get("db") or parts.path.strip("/") or "0"
    if parts.scheme == "unix":
        where = f"{_credentials(parts, query)}{parts.path}"
        return f"redis+socket://{where}?virtual_host={query.get('db', '0')}"
    tls = urlencode({name: value for name, value in query.items() if name.startswith("ssl_")})
    return f"{parts.scheme}://{parts.netloc}/{database}" + (f"?{tls}" if tls else "")


def _credentials(parts: SplitResult, query: dict[str, str]) -> str:
    """redis-py takes them before the path, or as parameters."""
    if parts.netloc or not {"username", "password"} & query.keys():
        return parts.netloc
    return f"{quote(query.get('username', ''), safe='')}:{quote(query.get('password', ''), safe='')}@"
