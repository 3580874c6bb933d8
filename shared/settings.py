"""Every setting of the system, read from the environment once by each entry point and handed down."""

import re
import sys
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.db.url import read_database_url
from shared.redis.url import check_redis_url
from shared.rules import (
    ConfirmThreshold,
    FacesAllowed,
    FaceThreshold,
    NoFaceSeconds,
    Rules,
    SuspicionFrames,
)

DEVELOPMENT_SECRET = "development-only-secret-not-for-production"  # noqa: S105 - refused in production

MIN_KEY_LENGTH = 32
MIN_DISTINCT_CHARACTERS = 10
"""Different ones in a random key of 32: fewer are a word or a row of zeros."""


def is_guessable(key: str) -> bool:
    """Whether a key is too short, or too uniform, to be random."""
    return len(key) < MIN_KEY_LENGTH or len(set(key)) < MIN_DISTINCT_CHARACTERS


class Environment(StrEnum):
    """`production` refuses to start with the defaults that are only safe on one's own machine."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class StoreName(StrEnum):
    """Where evidence is kept."""

    LOCAL = "local"
    S3 = "s3"
    IMGUR = "imgur"


class VideoProvider(StrEnum):
    """Who carries the meeting's video."""

    NONE = "none"
    DYTE = "dyte"
    REALTIMEKIT = "realtimekit"


class Detector(StrEnum):
    """The engines; `simulated` waits instead of looking, for measuring everything around the detector."""

    DLIB_GUIDED = "dlib-guided"
    DLIB_HOG = "dlib-hog"
    DLIB_CNN = "dlib-cnn"
    SIMULATED = "simulated"


Network = IPv4Network | IPv6Network

PRIVATE_NETWORKS: tuple[Network, ...] = tuple(
    map(
        ip_network,
        ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"),
    )
)


def _default_proxies(data: dict[str, Any]) -> tuple[Network, ...]:
    """In production the pages' server and the proxy before it; on one's own machine only clients are near."""
    return PRIVATE_NETWORKS if data.get("environment") is Environment.PRODUCTION else ()


def _comma_separated(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _public_url(url: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#@\\]+(/(?!\.)[\w.~-]+)*/*", url, re.ASCII):
        raise ValueError(
            "must be where browsers reach the pages, such as https://exam.example.org, with a path at most"
        )
    return url.rstrip("/")


class Settings(BaseSettings):
    """The settings; `.env.example` lists each with its default and what it is for."""

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True, hide_input_in_errors=True)

    environment: Environment = Environment.DEVELOPMENT

    database_url: SecretStr = SecretStr("postgresql://postgres@localhost:5432/postgres")
    redis_url: SecretStr = SecretStr("redis://localhost:6379/0")
    secret_key: SecretStr = Field(SecretStr(DEVELOPMENT_SECRET), min_length=MIN_KEY_LENGTH)
    operator_key: SecretStr | None = None
    public_url: Annotated[str, AfterValidator(_public_url)] = "http://localhost:8000"
    pages_path: Path | None = None
    meetings_per_hour: int = Field(300, ge=1)
    joins_per_minute: int = Field(1_000, ge=1)
    meeting_capacity: int = Field(1_000, ge=1)
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_comma_separated)] = Field(
        default_factory=_default_proxies
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_separated)] = ()

    imgur_client_id: SecretStr | None = None
    imgur_api_url: str = "https://api.imgur.com"
    evidence_path: Path = Path(".data/evidence")
    evidence_s3_bucket: str = ""
    evidence_s3_endpoint: str = ""
    evidence_retention_days: int = Field(30, ge=1)
    # Declared after imgur_client_id, which its default depends on: whoever sets a client id means Imgur.
    evidence_store: StoreName = Field(
        default_factory=lambda data: StoreName.IMGUR if data.get("imgur_client_id") else StoreName.LOCAL
    )

    video_provider: VideoProvider = VideoProvider.NONE
    video_preset_admin: str = "group_call_host"
    video_preset_candidate: str = "group_call_participant"
    dyte_org_id: str = ""
    dyte_api_key: SecretStr | None = None
    dyte_api_url: str = "https://api.dyte.io/v2"
    realtimekit_account_id: str = ""
    realtimekit_app_id: str = ""
    realtimekit_api_token: SecretStr | None = None
    realtimekit_api_url: str = "https://api.cloudflare.com/client/v4"

    stun_urls: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_separated)] = ()
    turn_urls: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_separated)] = ()
    turn_secret: SecretStr | None = None

    detector: Detector = Detector.DLIB_GUIDED
    detector_model: Path | None = None
    simulated_detector_ms: float = Field(10.0, ge=0)
    faces_allowed: FacesAllowed = 1
    face_threshold: FaceThreshold = 0.5
    confirm_threshold: ConfirmThreshold = -0.9
    suspicion_frames: SuspicionFrames = 2
    no_face_seconds: NoFaceSeconds = 10.0
    frame_interval_ms: int = Field(5_000, ge=100)
    max_wait_seconds: float = Field(10.0, gt=0)
    frame_ttl_seconds: int = Field(120, ge=1)
    max_frame_bytes: int = Field(2_000_000, ge=1_000)
    max_frame_pixels: int = Field(4_000_000, ge=10_000)
    max_backlog: int = Field(500, ge=1)

    metrics_port: int | None = Field(None, ge=1, le=65_535)

    @model_validator(mode="before")
    @classmethod
    def _strip_values(cls, values: dict[str, Any]) -> dict[str, Any]:
        # A secret made from a file ends with that file's newline. What is blank is unset, like what is empty.
        stripped = {name: v.strip() if isinstance(v, str) else v for name, v in values.items()}
        return {name: value for name, value in stripped.items() if value != ""}

    @field_validator("database_url")
    @classmethod
    def _check_database_url(cls, url: SecretStr) -> SecretStr:
        read_database_url(url.get_secret_value())
        return url

    @field_validator("redis_url")
    @classmethod
    def _check_redis_url(cls, url: SecretStr) -> SecretStr:
        check_redis_url(url.get_secret_value())
        return url

    @model_validator(mode="after")
    def _stores_are_complete(self) -> Self:
        if self.evidence_store is StoreName.S3 and not self.evidence_s3_bucket:
            raise ValueError("EVIDENCE_STORE=s3 needs EVIDENCE_S3_BUCKET")
        if self.evidence_store is StoreName.IMGUR and not self.imgur_client_id:
            raise ValueError("EVIDENCE_STORE=imgur needs IMGUR_CLIENT_ID")
        return self

    @model_validator(mode="after")
    def _frames_wait_before_they_expire(self) -> Self:
        if self.max_wait_seconds >= self.frame_ttl_seconds:
            raise ValueError("MAX_WAIT_SECONDS must be less than FRAME_TTL_SECONDS")
        return self

    @model_validator(mode="after")
    def _video_is_complete(self) -> Self:
        if missing := self.missing_variables(self.video_provider):
            raise ValueError(f"VIDEO_PROVIDER={self.video_provider} needs {', '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _ice_urls_are_of_their_kind(self) -> Self:
        # A browser opens no live view at all with an address that it can't read.
        for scheme, urls in (("stun", self.stun_urls), ("turn", self.turn_urls)):
            if not all(url.startswith((f"{scheme}:", f"{scheme}s:")) for url in urls):
                raise ValueError(f"each of {scheme.upper()}_URLS must begin with {scheme}: or {scheme}s:")
        return self

    @model_validator(mode="after")
    def _turn_is_complete(self) -> Self:
        if self.turn_urls and not self.turn_secret:
            raise ValueError("TURN_URLS needs TURN_SECRET, coturn's static-auth-secret")
        return self

    @model_validator(mode="after")
    def _production_has_secrets(self) -> Self:
        if self.environment is Environment.PRODUCTION:
            if self.secret_key.get_secret_value() == DEVELOPMENT_SECRET:
                raise ValueError("ENVIRONMENT=production needs SECRET_KEY, 32 characters or more of your own")
            if self.detector is Detector.SIMULATED:
                raise ValueError("DETECTOR=simulated looks at no picture; it can't be used in production")
            self._check_keys()
        return self

    def _check_keys(self) -> None:
        if self.operator_key is None:
            raise ValueError(
                "ENVIRONMENT=production needs OPERATOR_KEY: without it anyone may create meetings"
            )
        for name in ("secret_key", "operator_key"):
            if is_guessable(getattr(self, name).get_secret_value()):
                raise ValueError(
                    f"{name.upper()} can be guessed: production needs {MIN_KEY_LENGTH} random characters"
                    " or more, such as `openssl rand -hex 32` prints"
                )

    def missing_variables(self, provider: VideoProvider) -> list[str]:
        """The variables that are not set, and without which this vendor can't be asked."""
        needed: tuple[str, ...] = ()
        match provider:
            case VideoProvider.DYTE:
                needed = ("dyte_org_id", "dyte_api_key")
            case VideoProvider.REALTIMEKIT:
                needed = ("realtimekit_account_id", "realtimekit_app_id", "realtimekit_api_token")
        return [name.upper() for name in needed if not getattr(self, name)]

    @property
    def joins_per_minute_and_address(self) -> int:
        """How many may join from one address: few enough that none uses up a meeting's minute alone."""
        return max(1, self.joins_per_minute // 5)

    @property
    def public_path(self) -> str:
        """The path of PUBLIC_URL, under which everything is; mostly empty."""
        return urlsplit(self.public_url).path

    @property
    def rules(self) -> Rules:
        """What holds for meetings that have no rules of their own."""
        return Rules(**{name: getattr(self, name) for name in Rules.model_fields})


def read_settings() -> Settings:
    """For entry points: ends the program with one line for each setting that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        sys.exit("\n".join(explain_errors(error)))


def explain_errors(error: ValidationError) -> list[str]:
    """What is wrong with each setting, by the name of its variable."""
    problems = (
        (".".join(str(part).upper() for part in problem["loc"]), problem["msg"].removeprefix("Value error, "))
        for problem in error.errors()
        # Follows from another, which is in the list.
        if problem["type"] != "default_factory_not_called"
    )
    return [f"{name}: {message}" if name else message for name, message in problems]
