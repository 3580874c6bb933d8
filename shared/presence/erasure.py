"""The mark in Redis that a participant was erased, checked by the scripts of admission, workers and links.

The mark is a value of the participant's pace, which admission reads anyway, so it costs nothing per frame.
"""

from uuid import UUID

from shared.jobs.model import ERASED_PACE, pace_key
from shared.presence.connection import connected_key, undelivered_key
from shared.presence.last_seen import coverage_key, last_seen_key, thumbnail_key
from shared.presence.observations import observations_key, suspicion_key
from shared.presence.quality import quality_key
from shared.redis.script import ScriptCall, read_script

MARK_SECONDS = 25 * 3_600
"""Longer than any token is valid, so that no frame is accepted after the mark expires."""

_MARK_ERASED = read_script(__file__, "mark_erased.lua")
_DELETED = (
    last_seen_key,
    thumbnail_key,
    coverage_key,
    observations_key,
    suspicion_key,
    quality_key,
    connected_key,
    undelivered_key,
)


def mark_erased(participant_id: UUID) -> ScriptCall:
    """Return the call that marks a participant and deletes their presence; it returns 1 if already marked."""
    keys = [pace_key(participant_id), *(make_key(participant_id) for make_key in _DELETED)]
    return ScriptCall(_MARK_ERASED, keys, [ERASED_PACE, MARK_SECONDS])
