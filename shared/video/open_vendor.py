"""Opens the client of a video vendor by name."""

import base64
from collections.abc import Iterator
from contextlib import closing, contextmanager

from pydantic import SecretStr

from shared.settings import Settings, VideoProvider
from shared.video.error import VideoError
from shared.video.vendor import Vendor


@contextmanager
def open_vendor(settings: Settings) -> Iterator[Vendor | None]:
    """Yield the configured vendor, closed at the end; None if there is none."""
    if settings.video_provider is VideoProvider.NONE:
        yield None
    else:
        with open_named_vendor(settings.video_provider, settings) as vendor:
            yield vendor


@contextmanager
def open_named_vendor(name: VideoProvider, settings: Settings) -> Iterator[Vendor]:
    """Yield a vendor, closed at the end. It need not be the configured one: old meetings may be elsewhere.

    Raises VideoError if its credentials are not set.
    """
    if missing := settings.missing_variables(name):
        raise VideoError(f"{name} needs {', '.join(missing)}")
    with closing(_vendor(name, settings)) as vendor:
        yield vendor


def _vendor(name: VideoProvider, settings: Settings) -> Vendor:
    match name:
        case VideoProvider.NONE:
            raise ValueError("no vendor is configured")
        case VideoProvider.DYTE:
            credentials = f"{settings.dyte_org_id}:{_secret(settings.dyte_api_key)}"
            basic = base64.b64encode(credentials.encode()).decode()
            return Vendor(VideoProvider.DYTE, settings.dyte_api_url, f"Basic {basic}")
        case VideoProvider.REALTIMEKIT:
            base_url = (
                f"{settings.realtimekit_api_url}/accounts/{settings.realtimekit_account_id}"
                f"/realtime/kit/{settings.realtimekit_app_id}"
            )
            token = _secret(settings.realtimekit_api_token)
            return Vendor(VideoProvider.REALTIMEKIT, base_url, f"Bearer {token}")


def _secret(secret: SecretStr | None) -> str:
    # A secret read from a file often ends with a newline, which is invalid in a header.
    return secret.get_secret_value().strip() if secret else ""
