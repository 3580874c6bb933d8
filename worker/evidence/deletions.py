"""Deletion of a picture in its store, or of a participant at the video vendor."""

from shared.db.deletions import StoredPicture, VendorParticipant
from shared.settings import Settings
from shared.stores.open_store import open_store
from shared.video.open_vendor import open_named_vendor


def delete(target: StoredPicture | VendorParticipant, settings: Settings) -> None:
    """Delete it. Idempotent. Raises StoreError or VideoError if it may still exist."""
    match target:
        case StoredPicture(store, stored):
            open_store(store, settings).delete(stored)
        case VendorParticipant(name, meeting_id, participant_id):
            with open_named_vendor(name, settings) as vendor:
                vendor.remove_participant(meeting_id, participant_id)
