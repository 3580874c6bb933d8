"""The vendor that a name stands for."""

import base64
from collections.abc import Iterator
from contextlib import closing, contextmanager

from pydantic import SecretStr

from shared.settings import Settings, VideoProvider
from shared.video.error import VideoError
from shared.video.vendor import Vendor


@contextmanager
def open_vendor(settings: Settings) -> Iterator[Vendor | None]:
    """The vendor that the settings name, closed at the end; None when meetings have no video of their own."""
    if settings.video_provider is VideoProvider.NONE:
        yield None
    else:
        with open_named_vendor(settings.video_provider, settings) as vendor:
            yield vendor


@contextmanager
def open_named_vendor(name: VideoProvider, settings: Settings) -> Iterator[Vendor]:
    """A vendor, which need not be today's: old meetings stay where they were. It is closed at the end.

    Raises VideoError without its credentials.
    """
    if missing := settings.missing_variables(name):
        raise VideoError(f"{name} can't be asked without {', '.join(missing)}")
    with closing(_vendor(name, settings)) as vendor:
        yield vendor


def _vendor(name: VideoProvider, settings: Settings) -> Vendor:
    match name:
        case VideoProvider.NONE:
            raise ValueError("there is no vendor called none")
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
    # A secret read from a file often ends in a newline, which no header may hold.
    return secret.get_secret_value().strip() if secret else ""
