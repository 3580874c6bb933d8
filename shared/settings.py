"""All settings, read from the environment once by each entry point and passed down.

long: one list of all settings.
"""

import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.db.url import read_database_url
from shared.rules import (
    ConfirmThreshold,
    FaceHiddenSeconds,
    FacesAllowed,
    FaceThreshold,
    NoFaceSeconds,
    Rules,
    Score,
    SecondPerson,
    SuspicionFrames,
)
from shared.setting_types import (
    MIN_KEY_LENGTH,
    PRIVATE_NETWORKS,
    CommaSeparated,
    CommaSeparatedNetworks,
    Network,
    PublicUrl,
    is_base64_of,
    is_guessable,
)
from shared.shards import Shard, find_shard, parse_shards

DEVELOPMENT_SECRET = "development-only-secret-not-for-production"  # noqa: S105 - refused in production

DEFAULT_REASON_CODES = (
    "no_concern",
    "another_person",
    "absent",
    "face_hidden",
    "forbidden_material",
    "communication",
    "technical_problem",
    "other",
)


class Environment(StrEnum):
    """`production` refuses to start with defaults that are only safe for development."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class StoreName(StrEnum):
    """Where evidence is stored."""

    LOCAL = "local"
    S3 = "s3"
    IMGUR = "imgur"


class VideoProvider(StrEnum):
    """The vendor of the meeting's video."""

    NONE = "none"
    DYTE = "dyte"
    REALTIMEKIT = "realtimekit"


class Detector(StrEnum):
    """The engines; `simulated` only waits, to measure everything except the detector."""

    DLIB_GUIDED = "dlib-guided"
    DLIB_HOG = "dlib-hog"
    DLIB_CNN = "dlib-cnn"
    SIMULATED = "simulated"


_VENDOR_CREDENTIALS: dict[VideoProvider, tuple[str, ...]] = {
    VideoProvider.NONE: (),
    VideoProvider.DYTE: ("dyte_org_id", "dyte_api_key"),
    VideoProvider.REALTIMEKIT: ("realtimekit_account_id", "realtimekit_app_id", "realtimekit_api_token"),
}


def _default_proxies(data: dict[str, Any]) -> tuple[Network, ...]:
    """Trust the pages' server and the proxy before it in production; in development clients are local too."""
    return PRIVATE_NETWORKS if data.get("environment") is Environment.PRODUCTION else ()


class Settings(BaseSettings):
    """The settings; `.env.example` documents each with its default."""

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True, hide_input_in_errors=True)

    environment: Environment = Environment.DEVELOPMENT

    database_url: SecretStr = SecretStr("postgresql://postgres@localhost:5432/postgres")
    redis_url: SecretStr = SecretStr("redis://localhost:6379/0")
    shard: str | None = None
    gateway_pool_size: int | None = Field(None, ge=1)
    evidence_pool_size: int | None = Field(None, ge=1)
    secret_key: SecretStr = Field(SecretStr(DEVELOPMENT_SECRET), min_length=MIN_KEY_LENGTH)
    operator_key: SecretStr | None = None
    public_url: PublicUrl = "http://localhost:8000"
    pages_path: Path | None = None
    office_contact: str | None = Field(None, max_length=200)
    meetings_per_hour: int = Field(300, ge=1)
    joins_per_minute: int = Field(1_000, ge=1)
    meeting_capacity: int = Field(1_000, ge=1)
    trusted_proxies: CommaSeparatedNetworks = Field(default_factory=_default_proxies)
    cors_origins: CommaSeparated = ()

    imgur_client_id: SecretStr | None = None
    imgur_api_url: str = "https://api.imgur.com"
    evidence_path: Path = Path(".data/evidence")
    evidence_s3_bucket: str = ""
    evidence_s3_endpoint: str = ""
    evidence_retention_days: int = Field(30, ge=1)
    evidence_per_incident: int = Field(5, ge=1)
    decision_reason_codes: CommaSeparated = DEFAULT_REASON_CODES
    log_retention_days: int = Field(183, ge=1)
    audit_signing_key: SecretStr | None = None
    # Declared after imgur_client_id, which its default depends on.
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

    stun_urls: CommaSeparated = ()
    turn_urls: CommaSeparated = ()
    turn_secret: SecretStr | None = None

    detector: Detector = Detector.DLIB_GUIDED
    detector_model: Path | None = None
    simulated_detector_ms: float = Field(10.0, ge=0)
    faces_allowed: FacesAllowed = 1
    face_threshold: FaceThreshold = 0.5
    confirm_threshold: ConfirmThreshold = -0.5
    suspicion_frames: SuspicionFrames = 2
    no_face_seconds: NoFaceSeconds = 10.0
    face_hidden_seconds: FaceHiddenSeconds = 0.0
    second_person: SecondPerson = True
    sure_face_threshold: Score = 0.7
    sure_face_allowance: float = Field(0.5, ge=0, le=4)
    max_mouth_angle: float = Field(14.0, ge=0, le=90)
    person_threshold: Score = 0.3
    second_person_threshold: Score = 0.28
    frame_interval_ms: int = Field(5_000, ge=100)
    max_wait_seconds: float = Field(10.0, gt=0)
    frame_ttl_seconds: int = Field(120, ge=1)
    job_retention_seconds: int = Field(600, ge=60)
    max_frame_bytes: int = Field(2_000_000, ge=1_000)
    max_frame_pixels: int = Field(4_000_000, ge=10_000)
    max_backlog: int = Field(500, ge=1)

    metrics_port: int | None = Field(None, ge=1, le=65_535)

    @model_validator(mode="before")
    @classmethod
    def _strip_values(cls, values: dict[str, Any]) -> dict[str, Any]:
        # A secret read from a file may end with a newline. Blank means unset, as empty does.
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
        parse_shards(url.get_secret_value())
        return url

    @field_validator("decision_reason_codes")
    @classmethod
    def _check_reason_codes(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        if not codes or not all(re.fullmatch(r"[a-z0-9_]{1,50}", code) for code in codes):
            raise ValueError("each must be a word of a-z, 0-9 and _, such as another_person")
        return codes

    @field_validator("audit_signing_key")
    @classmethod
    def _check_signing_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key and not is_base64_of(32, key.get_secret_value()):
            raise ValueError("it must be 32 bytes in base64; `openssl rand -base64 32` prints some")
        return key

    @model_validator(mode="after")
    def _check_shard(self) -> Self:
        if find_shard(self.shards, self.shard) is None:
            names = ", ".join(shard.name for shard in self.shards)
            raise ValueError(f"SHARD={self.shard} is none of REDIS_URL's: {names}")
        return self

    @model_validator(mode="after")
    def _check_credentials(self) -> Self:
        if self.evidence_store is StoreName.S3 and not self.evidence_s3_bucket:
            raise ValueError("EVIDENCE_STORE=s3 needs EVIDENCE_S3_BUCKET")
        if self.evidence_store is StoreName.IMGUR and not self.imgur_client_id:
            raise ValueError("EVIDENCE_STORE=imgur needs IMGUR_CLIENT_ID")
        if missing := self.missing_variables(self.video_provider):
            raise ValueError(f"VIDEO_PROVIDER={self.video_provider} needs {', '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _check_deadlines(self) -> Self:
        if self.max_wait_seconds >= self.frame_ttl_seconds:
            raise ValueError("MAX_WAIT_SECONDS must be less than FRAME_TTL_SECONDS")
        return self

    @model_validator(mode="after")
    def _check_ice_urls(self) -> Self:
        # A browser refuses all ICE servers if it can't parse the URL of one.
        for scheme, urls in (("stun", self.stun_urls), ("turn", self.turn_urls)):
            if not all(url.startswith((f"{scheme}:", f"{scheme}s:")) for url in urls):
                raise ValueError(f"each of {scheme.upper()}_URLS must start with {scheme}: or {scheme}s:")
        if self.turn_urls and not self.turn_secret:
            raise ValueError("TURN_URLS needs TURN_SECRET, coturn's static-auth-secret")
        return self

    @model_validator(mode="after")
    def _check_production(self) -> Self:
        if self.environment is Environment.PRODUCTION:
            if self.secret_key.get_secret_value() == DEVELOPMENT_SECRET:
                raise ValueError(
                    f"ENVIRONMENT=production needs SECRET_KEY, at least {MIN_KEY_LENGTH} random characters"
                )
            if self.detector is Detector.SIMULATED:
                raise ValueError(
                    "DETECTOR=simulated does not analyse pictures; it can't be used in production"
                )
            self._check_keys()
        return self

    def _check_keys(self) -> None:
        if self.operator_key is None:
            raise ValueError(
                "ENVIRONMENT=production needs OPERATOR_KEY: without it anyone can create meetings"
            )
        for name in ("secret_key", "operator_key"):
            if is_guessable(getattr(self, name).get_secret_value()):
                raise ValueError(
                    f"{name.upper()} can be guessed: production needs at least {MIN_KEY_LENGTH} random"
                    " characters; `openssl rand -hex 32` prints some"
                )

    def missing_variables(self, provider: VideoProvider) -> list[str]:
        """Return the unset variables that this vendor needs."""
        return [name.upper() for name in _VENDOR_CREDENTIALS[provider] if not getattr(self, name)]

    @property
    def shards(self) -> tuple[Shard, ...]:
        """The servers of REDIS_URL."""
        return parse_shards(self.redis_url.get_secret_value())

    @property
    def own_shard(self) -> Shard:
        """The shard that a worker or scheduler serves."""
        shard = find_shard(self.shards, self.shard)
        assert shard is not None  # noqa: S101 - checked on creation
        return shard

    @property
    def joins_per_minute_and_address(self) -> int:
        """Limit of joins from one IP address, so that one address can't use up a meeting's limit."""
        return max(1, self.joins_per_minute // 5)

    @property
    def audit_days(self) -> int:
        """How long the audit log is kept: always longer than the pictures that it is about."""
        return max(self.log_retention_days, self.evidence_retention_days + 1)

    @property
    def public_path(self) -> str:
        """The path of PUBLIC_URL, the prefix of all paths; usually empty."""
        return urlsplit(self.public_url).path

    @property
    def rules(self) -> Rules:
        """The defaults, for meetings without overrides."""
        return Rules(**{name: getattr(self, name) for name in Rules.model_fields})


def read_settings() -> Settings:
    """Return the settings, or exit with one line for each invalid setting. For entry points."""
    try:
        return Settings()
    except ValidationError as error:
        sys.exit("\n".join(explain_errors(error)))


def explain_errors(error: ValidationError) -> list[str]:
    """Return one line for each invalid setting, with the name of its variable."""
    problems = (
        (".".join(str(part).upper() for part in problem["loc"]), problem["msg"].removeprefix("Value error, "))
        for problem in error.errors()
        # A consequence of another problem in the list.
        if problem["type"] != "default_factory_not_called"
    )
    return [f"{name}: {message}" if name else message for name, message in problems]
