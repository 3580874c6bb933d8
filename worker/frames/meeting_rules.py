"""The rules of a frame's meeting."""

from functools import lru_cache
from uuid import UUID

from redis import Redis
from sqlalchemy import Engine as Database

from shared.db.meetings import lock_rule_overrides
from shared.rules import CACHE_SECONDS, RuleOverrides, Rules, rules_key

MAX_PARSED = 1_000
"""Most meetings override nothing, and most others a few rules."""


class MeetingRules:
    """Merges a meeting's rules with the defaults. Redis caches them for a day."""

    def __init__(self, redis: Redis, database: Database, defaults: Rules) -> None:
        self._redis = redis
        self._database = database
        self._defaults = defaults
        self._parse = lru_cache(MAX_PARSED)(self._parse_overrides)

    def resolve(self, meeting_id: UUID, cached: bytes | None) -> Rules:
        """Return the meeting's effective rules, given its cached overrides, if any.

        Raises one of `shared.db.connection.TRANSIENT_ERRORS` if nothing was cached and Postgres is down.
        """
        if cached is None:
            return self._fetch(meeting_id).merged_with(self._defaults)
        return self._parse(cached)

    def _parse_overrides(self, text: bytes) -> Rules:
        return RuleOverrides.model_validate_json(text).merged_with(self._defaults)

    def _fetch(self, meeting_id: UUID) -> RuleOverrides:
        # Locked: a change between reading and caching would leave the old rules in the cache for a day.
        with lock_rule_overrides(self._database, meeting_id) as overrides:
            text = overrides.model_dump_json(exclude_none=True)
            self._redis.set(rules_key(meeting_id), text, ex=CACHE_SECONDS)
        return overrides
