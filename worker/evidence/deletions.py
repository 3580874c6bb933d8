"""Deletes what lies elsewhere: a picture in its store, somebody at their meeting's video vendor."""

from shared.deletions import StoredPicture, VideoEntry
from shared.settings import Settings
from shared.stores.open_store import open_store
from shared.video.open_vendor import vendor_named


def delete(what: StoredPicture | VideoEntry, settings: Settings) -> None:
    """Twice is as good as once; raises StoreError or VideoError where it may still be there."""
    match what:
        case StoredPicture(store, stored):
            open_store(store, settings).delete(stored)
        case VideoEntry(name, meeting_id, participant_id):
            with vendor_named(name, settings) as vendor:
                vendor.remove_participant(meeting_id, participant_id)
