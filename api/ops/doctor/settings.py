"""Check the settings, without connecting to anything."""

from collections.abc import Iterator

from api.ops.doctor.finding import Finding, broken, ok, warning
from shared.setting_types import MIN_KEY_LENGTH, is_guessable
from shared.settings import DEVELOPMENT_SECRET, Detector, Environment, Settings, StoreName

NEW_KEY = "set it to the output of `openssl rand -hex 32`"


def check_settings(settings: Settings) -> Iterator[Finding]:
    """Yield findings about valid settings that are unsafe or probably unintended."""
    yield from _check_secrets(settings)
    yield from _check_public_url(settings)
    if settings.environment is not Environment.PRODUCTION:
        yield warning(
            "ENVIRONMENT is development: defaults that are only safe on your own machine are accepted",
            "set ENVIRONMENT=production if others can reach it",
        )
    if settings.detector is Detector.SIMULATED:
        yield warning("DETECTOR=simulated ignores the pictures", "unset DETECTOR, unless you are measuring")
    if settings.evidence_store is StoreName.IMGUR:
        yield warning(
            "EVIDENCE_STORE is imgur: anyone with the link of a picture sees the face",
            "set EVIDENCE_STORE to local or s3, unless this is intended",
        )


def _check_secrets(settings: Settings) -> Iterator[Finding]:
    secret = settings.secret_key.get_secret_value()
    if secret == DEVELOPMENT_SECRET:
        yield warning("SECRET_KEY is not set: anyone can forge tokens and links", NEW_KEY)
    elif is_guessable(secret):
        yield broken("SECRET_KEY can be guessed: it has too few different characters", NEW_KEY)
    else:
        yield ok("SECRET_KEY is set")
    if settings.operator_key is None:
        yield warning("OPERATOR_KEY is not set: anyone may create meetings", NEW_KEY)
    elif is_guessable(settings.operator_key.get_secret_value()):
        yield broken(f"OPERATOR_KEY can be guessed: it is not {MIN_KEY_LENGTH} random characters", NEW_KEY)


def _check_public_url(settings: Settings) -> Iterator[Finding]:
    url = settings.public_url
    if settings.environment is Environment.PRODUCTION and not url.startswith("https://"):
        yield broken(
            f"PUBLIC_URL is {url}: browsers allow the camera only on https pages",
            "add a proxy with TLS, and set PUBLIC_URL to its https:// address",
        )
