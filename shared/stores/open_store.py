"""The store that a name stands for."""

from functools import cache

import httpx

from shared.links import SignedLinks
from shared.settings import Settings, StoreName
from shared.stores.imgur import ImgurStore
from shared.stores.local import LocalStore
from shared.stores.s3 import S3Store
from shared.stores.store import EvidenceStore

IMGUR_SECONDS = 30.0
"""For each connect, send and wait for an answer."""


@cache
def open_store(name: StoreName, settings: Settings) -> EvidenceStore:
    """The store of that name, which need not be today's: old evidence stays where it was put."""
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
