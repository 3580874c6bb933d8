"""The mark in Redis that somebody was erased: admission, workers and links look at it, within their scripts.

It takes the place of the participant's pace, which admission reads anyway: a frame costs nothing more.
"""

from uuid import UUID

from shared.jobs.model import ERASED, pace_key
from shared.live import connected_key, undelivered_key
from shared.sightings import coverage_key, seen_key, thumbnail_key
from shared.watch import doubt_key, watch_key

MARK_SECONDS = 25 * 3_600
"""Longer than any token lives: no frame of theirs comes in after that either."""

MARK_ERASED = f"""
local pace = KEYS[1]
local before = redis.call('GET', pace)
redis.call('SET', pace, '{ERASED}', 'EX', ARGV[1])
for i = 2, #KEYS do redis.call('DEL', KEYS[i]) end
return before == '{ERASED}' and 1 or 0
"""
"""Marks a participant as erased and deletes what was seen of them, in one step: later scripts find the mark.

KEYS: the pace, and what is to be deleted. ARGV: for how many seconds. Returns 1 when they were marked before.
"""


def erased_keys(participant_id: UUID) -> list[str]:
    """Return the keys that `MARK_ERASED` wants."""
    known = (seen_key, thumbnail_key, coverage_key, watch_key, doubt_key, connected_key, undelivered_key)
    return [pace_key(participant_id), *(make_key(participant_id) for make_key in known)]
