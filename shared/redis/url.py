"""`REDIS_URL`: validation, and conversion to Celery's format."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from redis.connection import parse_url

from shared.redis.sentinel import SENTINEL_SCHEMES, UNPARSABLE, SentinelUrl, is_sentinel_url

_SCHEMES = ("redis://", "rediss://", "unix://", *SENTINEL_SCHEMES)
_NEXT_URL = re.compile(r",\s*(?=[a-z+]+://)")


def split_redis_urls(urls: str) -> list[str]:
    """Return the URLs of a comma-separated list.

    A URL ends at a comma that is followed by a scheme and `://`. Other commas separate Sentinel's hosts.
    """
    return _NEXT_URL.split(urls)


def check_redis_url(url: str) -> None:
    """Raise ValueError if it is invalid; the message never quotes what may be a password."""
    if url[:1] in {'"', "'"} or url[-1:] in {'"', "'"}:
        raise ValueError("remove the quotes around it")
    if not url.startswith(_SCHEMES):
        raise ValueError(
            "it must start with redis://, rediss:// (for TLS), unix:// or, for Sentinel,"
            " redis+sentinel:// or rediss+sentinel://"
        )
    if is_sentinel_url(url):
        SentinelUrl.parse(url)
        return
    try:
        parsed = parse_url(url)  # type: ignore[no-untyped-call]
        parts = urlsplit(url)
    except ValueError:
        raise ValueError(UNPARSABLE) from None
    if parts.scheme == "unix" and (parts.hostname or not parsed.get("path")):
        raise ValueError(
            "unix:// must be followed by the full path of the socket: unix:///run/redis.sock?db=0"
        )


def broker_url(redis_url: str) -> str:
    """Return the URL for Celery: kombu supports neither `unix://` nor `db=` nor other redis-py parameters."""
    if is_sentinel_url(redis_url):
        return _sentinel_broker_url(SentinelUrl.parse(redis_url))
    parts = urlsplit(redis_url)
    query = dict(parse_qsl(parts.query))
    database = query.get("db") or parts.path.strip("/") or "0"
    if parts.scheme == "unix":
        address = f"{_credentials(parts, query)}{parts.path}"
        return f"redis+socket://{address}?virtual_host={query.get('db', '0')}"
    tls = _tls_query(query) if parts.scheme == "rediss" else ""
    return f"{parts.scheme}://{parts.netloc}/{database}{tls}"


def broker_options(redis_url: str) -> dict[str, Any]:
    """Return the transport options that this URL needs."""
    return {"sentinel_url": SentinelUrl.parse(redis_url)} if is_sentinel_url(redis_url) else {}


def _sentinel_broker_url(url: SentinelUrl) -> str:
    """Return a URL without the other Sentinels: `broker_options` has all of them."""
    user, password = (quote(url.options.get(name, ""), safe="") for name in ("username", "password"))
    credentials = f"{user}:{password}@" if user or password else ""
    tls = _tls_query(url.options) if "ssl" in url.options else ""
    host, port = url.sentinels[0]
    return f"sentinel://{credentials}{_bracketed(host)}:{port}/{url.options['db']}{tls}"


def _tls_query(options: Mapping[str, Any]) -> str:
    """Return the options of TLS; without any, kombu would check no certificate, or not use TLS."""
    options = {name: value for name, value in options.items() if name.startswith("ssl_")}
    return f"?{urlencode({'ssl_cert_reqs': 'required'} | options)}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _credentials(parts: SplitResult, query: dict[str, str]) -> str:
    """Return user and password; redis-py takes them before the path or as parameters."""
    if parts.netloc or not {"username", "password"} & query.keys():
        return parts.netloc
    return f"{quote(query.get('username', ''), safe='')}:{quote(query.get('password', ''), safe='')}@"
