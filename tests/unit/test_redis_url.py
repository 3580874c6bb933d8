"""`REDIS_URL`: one server or Sentinel, for redis-py and for Celery."""

import ssl
from typing import Any

import pytest
from pydantic import ValidationError

from shared.queue import create_celery
from shared.redis.sentinel import SentinelUrl
from shared.redis.url import split_redis_urls
from shared.settings import Settings, explain_errors


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("'redis://:pa55@redis/0'", "remove the quotes"),
        ("redis+socket:///run/redis.sock", "start with redis://"),
        ("unix://run/redis.sock", "the full path"),
        ("redis://:pa55/@redis/0", "percent-encoded"),
        ("redis+sentinel://:pa55@one,two", "service is missing"),
        ("redis+sentinel://:pa55@one:pa55,two/exam", "percent-encoded"),
        ("redis+sentinel://:pa55@one,/exam", "percent-encoded"),
        ("redis+sentinel://:pa@55@one/exam", "percent-encoded"),
        ("redis+sentinel://one/exam/pa55", "percent-encoded"),
        ("redis+sentinel://one/exam?db=pa55", "percent-encoded"),
    ],
)
def test_bad_redis_url_is_one_sentence_without_password(url: str, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(redis_url=url)

    (line,) = explain_errors(refused.value)
    assert line.startswith("REDIS_URL: ")
    assert message in line
    assert "pa55" not in line


@pytest.mark.parametrize(
    ("url", "host", "database"),
    [
        ("redis://me:pa%2Fss@redis:6380/3", "redis", "3"),
        ("redis://redis?db=2&socket_timeout=3", "redis", "2"),
        ("rediss://redis/1?ssl_cert_reqs=none", "redis", "1"),
        ("unix:///run/redis.sock?db=2", "socket:///run/redis.sock?virtual_host=2", "/"),
        ("unix://me:pa%2Fss@/run/redis.sock", "socket://me:pa%2Fss@/run/redis.sock?virtual_host=0", "/"),
    ],
)
def test_celery_gets_the_same_redis(url: str, host: str, database: str) -> None:
    with create_celery(Settings(redis_url=url)) as celery, celery.connection() as connection:
        assert (connection.hostname, connection.virtual_host) == (host, database)
        assert connection.transport_cls == ("rediss" if url.startswith("rediss") else "redis")


def test_celery_checks_certificates_unless_told_not_to() -> None:
    for url, checks in (
        ("rediss://redis", ssl.CERT_REQUIRED),
        ("rediss://redis?ssl_cert_reqs=none", ssl.CERT_NONE),
    ):
        with create_celery(Settings(redis_url=url)) as celery, celery.connection() as connection:
            assert connection.ssl == {"ssl_cert_reqs": checks}


def test_celery_gets_every_sentinel_and_the_service() -> None:
    url = "rediss+sentinel://me:pa%3Bss@one:26380,[::1]/exam/3?sentinel_password=other&ssl_ca_certs=ca.pem"

    with create_celery(Settings(redis_url=url)) as celery, celery.connection() as connection:
        assert connection.as_uri() == "sentinel://me:**@one:26380/3"
        assert (connection.password, connection.virtual_host) == ("pa;ss", "3")
        assert connection.ssl == {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_ca_certs": "ca.pem"}
        sentinel = (connection.transport_options or {})["sentinel_url"]
        assert (sentinel.sentinels, sentinel.service) == ((("one", 26380), ("::1", 26379)), "exam")
        assert sentinel.sentinel_options["password"] == "other"


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("redis+sentinel://one/exam", {"db": 0}),
        ("redis+sentinel://me:pa%2Fss@one/exam/2", {"db": 2, "username": "me", "password": "pa/ss"}),
        (
            "rediss+sentinel://one/exam?ssl_check_hostname=no",
            {"db": 0, "ssl": True, "ssl_check_hostname": False},
        ),
        ("redis+sentinel://one/exam?db=4&sentinel_username=me", {"db": 4}),
    ],
)
def test_sentinel_url_is_for_the_primary(url: str, options: dict[str, Any]) -> None:
    assert SentinelUrl.parse(url).options == options


def test_url_ends_where_the_next_one_starts() -> None:
    urls = ["redis://:a,b@one/0", "redis+sentinel://one:1,two:2/exam", "unix:///run/a,b.sock", "rediss://two"]

    assert split_redis_urls(",".join(urls)) == urls
    assert split_redis_urls(", ".join(urls)) == urls
