"""What is kept about a person as a ZIP archive."""

import zipfile
from collections.abc import Mapping
from typing import IO

from pydantic_core import to_json

from api.files import open_spool
from shared.db.evidence import StoredEvidence
from shared.db.personal_data import PersonalData
from shared.settings import Settings
from shared.stores.open_store import open_store
from shared.stores.store import PictureGoneError, object_key


def write_archive(settings: Settings, everything: PersonalData, seen: Mapping[str, object]) -> IO[bytes]:
    """`data.json` with the rows and what Redis has seen, `pictures/` and `thumbnails/`; raises StoreError.

    Pictures at Imgur are not fetched: their public address is in the data.
    """
    data = {
        "participant": everything.participant,
        "flags": everything.flags,
        "messages": everything.messages,
        **seen,
    }
    file = open_spool()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", to_json(data, indent=1))
        for kept in everything.pictures:
            picture = _picture(settings, kept)
            if picture is not None:
                archive.writestr(f"pictures/{object_key(kept.id, kept.content_type)}", picture)
        for evidence_id, thumbnail in everything.thumbnails.items():
            archive.writestr(f"thumbnails/{evidence_id}.jpg", thumbnail)
    return file


def _picture(settings: Settings, kept: StoredEvidence) -> bytes | None:
    if kept.picture is not None or kept.store is None or kept.stored is None:
        return kept.picture
    try:
        return open_store(kept.store, settings).read(kept.stored)
    except PictureGoneError:
        return None
