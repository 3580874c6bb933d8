"""The settings alone."""

from collections.abc import Iterator

from api.ops.doctor.finding import Finding, broken, ok, warning
from shared.settings import (
    DEVELOPMENT_SECRET,
    MIN_KEY_LENGTH,
    Detector,
    Environment,
    Settings,
    StoreName,
    is_guessable,
)

NEW_KEY = "take what `openssl rand -hex 32` prints"


def check_settings(settings: Settings) -> Iterator[Finding]:
    """Settings that are valid and unwise."""
    yield from _secrets(settings)
    yield from _address(settings)
    if settings.environment is not Environment.PRODUCTION:
        yield warning(
            "ENVIRONMENT is development: defaults that are only safe on one's own machine are let through",
            "set ENVIRONMENT=production where strangers reach it",
        )
    if settings.detector is Detector.SIMULATED:
        yield warning("DETECTOR=simulated looks at no picture", "unset DETECTOR, unless you are measuring")
    if settings.evidence_store is StoreName.IMGUR:
        yield warning(
            "EVIDENCE_STORE is imgur: whoever has the link of a picture sees the face, without any check",
            "set EVIDENCE_STORE to local or s3, unless this is wanted",
        )


def _secrets(settings: Settings) -> Iterator[Finding]:
    secret = settings.secret_key.get_secret_value()
    if secret == DEVELOPMENT_SECRET:
        yield warning("SECRET_KEY is not set: anyone can make tokens and links with the default one", NEW_KEY)
    elif is_guessable(secret):
        yield broken("SECRET_KEY can be guessed: it has hardly any different characters", NEW_KEY)
    else:
        yield ok("SECRET_KEY is one of your own")
    if settings.operator_key is None:
        yield warning("OPERATOR_KEY is not set: anyone may create meetings", NEW_KEY)
    elif is_guessable(settings.operator_key.get_secret_value()):
        yield broken(f"OPERATOR_KEY can be guessed: it is not {MIN_KEY_LENGTH} random characters", NEW_KEY)


def _address(settings: Settings) -> Iterator[Finding]:
    url = settings.public_url
    if settings.environment is Environment.PRODUCTION and not url.startswith("https://"):
        yield broken(
            f"PUBLIC_URL is {url}: browsers give a camera only to https pages",
            "put a proxy that speaks TLS before it, and set PUBLIC_URL to its https:// address",
        )
