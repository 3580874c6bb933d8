"""Export a participant's personal data as a ZIP archive."""

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


def write_archive(settings: Settings, personal: PersonalData, presence: Mapping[str, object]) -> IO[bytes]:
    """Write `data.json`, `pictures/` and `thumbnails/`; raise StoreError.

    `data.json` contains the rows of Postgres and `presence`, the data from Redis. Pictures at Imgur are not
    fetched: their public address is in the data.
    """
    data = {
        "participant": personal.participant,
        "flags": personal.flags,
        "incidents": personal.incidents,
        "messages": personal.messages,
        "decisions": personal.decisions,
        "timeline": personal.timeline,
        "interruptions": personal.interruptions,
        **presence,
    }
    file = open_spool()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", to_json(data, indent=1))
        for evidence in personal.pictures:
            picture = _read_picture(settings, evidence)
            if picture is not None:
                archive.writestr(f"pictures/{object_key(evidence.id, evidence.content_type)}", picture)
        for evidence_id, thumbnail in personal.thumbnails.items():
            archive.writestr(f"thumbnails/{evidence_id}.jpg", thumbnail)
    return file


def _read_picture(settings: Settings, evidence: StoredEvidence) -> bytes | None:
    if evidence.picture is not None or evidence.store is None or evidence.stored is None:
        return evidence.picture
    try:
        return open_store(evidence.store, settings).read(evidence.stored)
    except PictureGoneError:
        return None
