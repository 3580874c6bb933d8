"""Opens an evidence store by name."""

from functools import cache

import httpx

from shared.links import SignedLinks
from shared.settings import Settings, StoreName
from shared.stores.imgur import ImgurStore
from shared.stores.local import LocalStore
from shared.stores.s3 import S3Store
from shared.stores.store import EvidenceStore

IMGUR_SECONDS = 30.0
"""Limit of each connect, send and receive."""


@cache
def open_store(name: StoreName, settings: Settings) -> EvidenceStore:
    """Return the store. It need not be the configured one: old evidence may be elsewhere."""
    match name:
        case StoreName.LOCAL:
            links = SignedLinks(settings.secret_key.get_secret_value(), settings.public_url, "evidence")
            return LocalStore(settings.evidence_path, links)
        case StoreName.S3:
            return S3Store(settings.evidence_s3_bucket, settings.evidence_s3_endpoint)
        case StoreName.IMGUR:
            client_id = settings.imgur_client_id.get_secret_value() if settings.imgur_client_id else ""
            client = httpx.Client(base_url=settings.imgur_api_url, timeout=IMGUR_SECONDS)
            return ImgurStore(client_id, client)
