"""The mark in Redis that a participant was erased, checked by the scripts of admission, workers and links.

The mark is a value of the participant's pace, which admission reads anyway, so it costs nothing per frame.
"""

from uuid import UUID

from shared.jobs.model import ERASED_PACE, pace_key
from shared.presence.connection import connected_key, undelivered_key
from shared.presence.last_seen import presence_key, thumbnail_key
from shared.presence.observations import suspicion_key
from shared.presence.timeline import interrupted_key
from shared.redis.script import ScriptCall, read_script

MARK_SECONDS = 25 * 3_600
"""Longer than any token is valid, so that no frame is accepted after the mark expires."""

_MARK_ERASED = read_script(__file__, "mark_erased.lua")
_DELETED = (presence_key, thumbnail_key, suspicion_key, connected_key, undelivered_key, interrupted_key)
_PREVIOUS = ("seen", "coverage", "watch", "quality")
"""Prefixes of keys that workers of the previous release write."""


def mark_erased(participant_id: UUID) -> ScriptCall:
    """Return the call that marks a participant and deletes their presence; it returns 1 if already marked."""
    deleted = [make_key(participant_id) for make_key in _DELETED]
    previous = [f"{prefix}:{participant_id}" for prefix in _PREVIOUS]
    keys = [pace_key(participant_id), *deleted, *previous]
    return ScriptCall(_MARK_ERASED, keys, [ERASED_PACE, MARK_SECONDS])
