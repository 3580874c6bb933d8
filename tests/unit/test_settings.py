"""Unsafe settings are refused at the start with the name of the variable."""

from ipaddress import ip_network
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from api.redis import connect_redis as gateway_redis
from shared.db.connection import connect
from shared.db.url import read_database_url
from shared.queue import create_celery
from shared.settings import Settings, StoreName, explain_errors
from worker.runtime.redis import connect_redis as worker_redis

KEY = "a7f3c91e5b2d8046" * 2
SAFE = {"environment": "production", "secret_key": KEY, "operator_key": f"operator-{KEY}"}


def test_production_accepts_strong_secrets() -> None:
    assert Settings.model_validate(SAFE).operator_key is not None


@pytest.mark.parametrize(
    ("unsafe", "named"),
    [
        ({"environment": "production", "operator_key": "x"}, "SECRET_KEY"),
        ({"environment": "production", "secret_key": KEY}, "OPERATOR_KEY"),
        (SAFE | {"operator_key": "a"}, "OPERATOR_KEY can be guessed"),
        (SAFE | {"operator_key": "Xyzzy" * 20}, "OPERATOR_KEY can be guessed"),
        (SAFE | {"operator_key": KEY[:31]}, "OPERATOR_KEY can be guessed"),
        (SAFE | {"secret_key": "s" * 32}, "SECRET_KEY can be guessed"),
        (SAFE | {"secret_key": "Xyzzy"}, "secret_key"),
        (SAFE | {"detector": "simulated"}, "DETECTOR"),
        ({"evidence_store": "s3"}, "EVIDENCE_S3_BUCKET"),
        ({"evidence_store": "imgur"}, "IMGUR_CLIENT_ID"),
        ({"video_provider": "dyte"}, "DYTE_ORG_ID, DYTE_API_KEY"),
        ({"video_provider": "dyte", "dyte_org_id": "org"}, "needs DYTE_API_KEY"),
        (
            {"video_provider": "realtimekit", "realtimekit_app_id": "app"},
            "needs REALTIMEKIT_ACCOUNT_ID, REALTIMEKIT_API_TOKEN",
        ),
        ({"turn_urls": "turn:turn.example:3478"}, "TURN_SECRET"),
        ({"stun_urls": "stun:a.example, b.example:3478"}, "STUN_URLS must start with stun: or stuns:"),
        (
            {"turn_urls": "stun:a.example", "turn_secret": "s" * 32},
            "TURN_URLS must start with turn: or turns:",
        ),
        ({"detector": "magic"}, "detector"),
        ({"trusted_proxies": "10.0.0.1/8"}, "trusted_proxies"),
        ({"max_backlog": "0"}, "max_backlog"),
        ({"max_wait_seconds": "120"}, "MAX_WAIT_SECONDS must be less than FRAME_TTL_SECONDS"),
    ],
)
def test_unsafe_settings_are_refused_by_name(unsafe: dict[str, str], named: str) -> None:
    with pytest.raises(ValidationError, match=named) as refused:
        Settings.model_validate(unsafe)

    assert "Xyzzy" not in str(refused.value)


def test_every_value_is_stripped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Kubernetes secret created from a file ends with a newline."""
    defaults = dict(Settings())
    written = {name: str(value) for name, value in defaults.items() if isinstance(value, str | int | Path)}
    plain = written | {"operator_key": KEY, "turn_secret": KEY, "cors_origins": "https://a.example"}
    for name, value in plain.items():
        monkeypatch.setenv(name.upper(), f" {value}\r\n")

    settings = dict(Settings())

    keys = {"operator_key": SecretStr(KEY), "turn_secret": SecretStr(KEY)}
    assert settings == defaults | keys | {"cors_origins": ("https://a.example",)}


def test_private_networks_are_trusted_in_production_only() -> None:
    assert Settings().trusted_proxies == ()
    assert ip_network("fc00::/7") in Settings.model_validate(SAFE).trusted_proxies
    only = Settings.model_validate(SAFE | {"trusted_proxies": "203.0.113.7, 2001:db8::/64"}).trusted_proxies
    assert only == (ip_network("203.0.113.7"), ip_network("2001:db8::/64"))


def test_blank_value_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPERATOR_KEY", " \n")

    assert Settings().operator_key is None


def test_imgur_client_id_selects_imgur() -> None:
    assert Settings().evidence_store is StoreName.LOCAL
    assert Settings(imgur_client_id="id").evidence_store is StoreName.IMGUR
    assert Settings(imgur_client_id="id", evidence_store=StoreName.LOCAL).evidence_store is StoreName.LOCAL


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_common_database_url_schemes_are_read(scheme: str) -> None:
    assert read_database_url(f"{scheme}://me:pa%40ss@db.example:5433/exam") == {
        "user": "me",
        "password": "pa@ss",
        "host": "db.example",
        "port": "5433",
        "dbname": "exam",
    }


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("'postgresql://me:pa55@db/exam'", "remove the quotes"),
        ('postgresql://me:pa55@db/exam"', "remove the quotes"),
        ("mysql://me:pa55@db/exam", "start with postgresql://"),
        ("postgresql://me:pa55@db/exam?ssl=", "no parameter ssl; for TLS, set sslmode"),
        ("postgresql://me:pa55@db/exam?pool_size=3", "no parameter pool_size"),
        ("postgresql://me:pa55/@db/exam", "percent-encoded"),
        ("postgresql://me:%pa55@db/exam", "percent-encoded"),
        ("postgresql://me:pa55@one:1,two:2,three:3/exam?host=one,two", "2 hosts and 3 ports"),
    ],
)
def test_bad_database_url_is_one_sentence_without_password(url: str, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(database_url=url)

    (line,) = explain_errors(refused.value)
    assert line.startswith("DATABASE_URL: ")
    assert message in line
    assert "pa55" not in line


@pytest.mark.parametrize("key", ["short", "pa55" * 8, "ä" * 44])
def test_signing_key_must_be_32_bytes(key: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(audit_signing_key=key)

    assert explain_errors(refused.value) == [
        "AUDIT_SIGNING_KEY: it must be 32 bytes in base64; `openssl rand -base64 32` prints some"
    ]


@pytest.mark.parametrize(
    "redis_url",
    ["redis://:pa55@redis/0", "redis+sentinel://:pa55@one,two/exam?sentinel_password=pa55"],
)
def test_secrets_do_not_show_in_logs(redis_url: str) -> None:
    endings = ("_key", "_secret", "_token", "_client_id")
    named = [name for name in Settings.model_fields if name.endswith(endings)]
    urls = {"database_url": "postgresql://me:pa55@db/exam", "redis_url": redis_url}
    secret = "pa55" * 10 + "pa4="  # 32 bytes in base64, as one of them must be
    settings = Settings.model_validate(dict.fromkeys(named, secret) | urls)

    assert len(named) > 5
    clients = gateway_redis(settings.own_shard.url), worker_redis(settings), connect(settings, pool_size=1)
    for thing in (settings, create_celery(settings), *clients):
        assert "pa55" not in repr(thing), type(thing)


@pytest.mark.parametrize(
    "url",
    [
        *("exam.example", "/proctor", "ftp://exam.example", "https://", "https:///proctor"),
        *(
            "https://exam.example/?a",
            "https://exam.example/#a",
            "https://exam.example/a b",
            "https://u@exam.example",
        ),
        *("https://exam.example/../a", "https://exam.example/a//b", "https://exam.example/%61"),
    ],
)
def test_invalid_public_url_is_refused(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(public_url=url)

    [line] = explain_errors(refused.value)
    assert line.startswith("PUBLIC_URL: must be the URL where browsers reach the pages")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://exam.example", ""),
        ("https://exam.example/", ""),
        ("http://[::1]:8000/proctor/", "/proctor"),
        ("https://exam.example/tools/proctor-2.0", "/tools/proctor-2.0"),
    ],
)
def test_public_url_can_have_a_path(url: str, path: str) -> None:
    settings = Settings(public_url=url)

    assert settings.public_path == path
    assert settings.public_url == url.rstrip("/")
