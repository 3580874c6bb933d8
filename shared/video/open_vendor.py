"""The vendor that the settings name."""

import base64
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext

from pydantic import SecretStr

from shared.settings import Settings, VideoProvider
from shared.video.vendor import Vendor


@contextmanager
def open_vendor(settings: Settings) -> Iterator[Vendor | None]:
    """The vendor, closed at the end; None when meetings have no video of their own."""
    vendor = _vendor(settings)
    with closing(vendor) if vendor else nullcontext():
        yield vendor


def _vendor(settings: Settings) -> Vendor | None:
    match settings.video_provider:
        case VideoProvider.NONE:
            return None
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
