"""Which rules hold for a frame's meeting."""

from uuid import UUID

from redis import Redis
from sqlalchemy import Engine as Database

from shared.meetings import locked_rules
from shared.rules import KEEP_SECONDS, OwnRules, Rules, rules_key


class MeetingRules:
    """The meetings' own rules over the usual ones. Postgres is asked once a day for each meeting."""

    def __init__(self, redis: Redis, database: Database, usual: Rules) -> None:
        self._redis = redis
        self._database = database
        self._usual = usual

    def of(self, meeting_id: UUID, at_hand: bytes | None) -> Rules:
        """The rules of the meeting, whose own ones may have been at hand in Redis.

        Raises one of `shared.database.AWAY` when they were not, and Postgres is away.
        """
        if at_hand is None:
            return self._fetch(meeting_id).over(self._usual)
        return OwnRules.model_validate_json(at_hand).over(self._usual)

    def _fetch(self, meeting_id: UUID) -> OwnRules:
        # Locked: if they were changed between reading and keeping, the old ones would hold for a day.
        with locked_rules(self._database, meeting_id) as own:
            text = own.model_dump_json(exclude_none=True)
            self._redis.set(rules_key(meeting_id), text, ex=KEEP_SECONDS)
        return own
