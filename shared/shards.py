"""The shards that `REDIS_URL` names: Redis servers, each with the meetings that live on it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from shared.redis.url import check_redis_url, split_redis_urls

_CREDENTIALS = {"username", "password", "sentinel_username", "sentinel_password"}
_NAME = re.compile(r"[\w.:/-]{1,100}")


@dataclass(frozen=True, slots=True)
class Shard:
    """A Redis server. Its name is in meetings' rows: keep it when the address changes."""

    name: str
    url: str = field(repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Return the shard of one URL; raise ValueError, which never quotes what may be a password.

        The URL's fragment is the name; without one it is host:port/database.
        """
        address, _, fragment = url.partition("#")
        check_redis_url(address)
        name = unquote(fragment) or _default_name(address)
        if not _NAME.fullmatch(name):
            raise ValueError("a shard's name, after the #, may have letters, digits and . _ - : /")
        return cls(name, address)

    @property
    def address(self) -> str:
        """The URL without user and password."""
        parts = urlsplit(self.url)
        options = [(name, value) for name, value in parse_qsl(parts.query) if name not in _CREDENTIALS]
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=urlencode(options)))

    def with_credentials_of(self, other: "Shard") -> Self:
        """Return the shard with the user and password of `other`."""
        parts, others = urlsplit(self.url), urlsplit(other.url)
        credentials, at, _ = others.netloc.rpartition("@")
        netloc = f"{credentials}{at}{parts.netloc.rpartition('@')[2]}"
        return replace(self, url=urlunsplit(parts._replace(netloc=netloc)))


def parse_shards(redis_url: str) -> tuple[Shard, ...]:
    """Return the shards of `REDIS_URL`, whose URLs are separated by commas; raise ValueError."""
    shards = tuple(Shard.parse(url) for url in split_redis_urls(redis_url))
    if len({shard.name for shard in shards}) < len(shards):
        raise ValueError("two servers have the same name; add different ones: redis://host/0#one")
    return shards


def find_shard(shards: Sequence[Shard], name: str | None) -> Shard | None:
    """Return the shard of this name; the first for None."""
    return next((shard for shard in shards if name in {None, shard.name}), None)


def _default_name(address: str) -> str:
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    if parts.hostname and ":" not in host.rpartition("]")[2]:
        host = f"{host}:6379"
    return re.sub(r"[^\w.:/-]", "-", f"{host}{parts.path if parts.path.strip('/') else '/0'}")
