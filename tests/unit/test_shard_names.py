"""The names and addresses of the servers in REDIS_URL."""

import pytest
from pydantic import SecretStr, ValidationError

from shared.settings import Settings
from shared.shards import Shard, parse_shards


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("redis://redis", "redis:6379/0"),
        ("redis://me:pa,55@redis:6380/2", "redis:6380/2"),
        ("redis://:pa55@redis-1/0#one", "one"),
        ("rediss://redis/0?ssl_cert_reqs=none#two", "two"),
        ("unix:///run/redis.sock?password=pa55", "/run/redis.sock"),
        ("redis+sentinel://:pa55@a:1,b:2/exam/0#three", "three"),
    ],
)
def test_shard_is_named_by_fragment_or_address(url: str, name: str) -> None:
    [shard] = parse_shards(url)

    assert shard.name == name
    assert "pa55" not in repr(shard)
    assert "pa55" not in shard.address


def test_commas_separate_servers_but_not_within_one() -> None:
    shards = parse_shards("redis://:a,b@one#one, redis+sentinel://c:1,d:2/exam#two,redis://e#three")

    assert [shard.name for shard in shards] == ["one", "two", "three"]
    assert [shard.url for shard in shards][:2] == ["redis://:a,b@one", "redis+sentinel://c:1,d:2/exam"]


@pytest.mark.parametrize(
    ("urls", "shard", "message"),
    [
        ("redis://one#a,redis://two#a", None, "the same name"),
        ("redis://one#a b", None, "may have letters"),
        ("redis://one#a,ftp://two#b", None, "must start with redis://"),
        ("redis://one#a,redis://two#b", "c", "SHARD=c is none of REDIS_URL's: a, b"),
    ],
)
def test_unusable_shards_are_refused(urls: str, shard: str | None, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Settings(redis_url=SecretStr(urls), shard=shard)


def test_worker_serves_the_first_shard_unless_it_is_told() -> None:
    urls = SecretStr("redis://one#a,redis://two#b")

    assert Settings(redis_url=urls).own_shard.url == "redis://one"
    assert Settings(redis_url=urls, shard="b").own_shard.url == "redis://two"


def test_added_shard_has_the_credentials_of_the_first() -> None:
    added = Shard("two", "redis://two:6379/0").with_credentials_of(Shard("one", "redis://me:pa55@one"))

    assert added.url == "redis://me:pa55@two:6379/0"
