"""A meeting with many people whose presence is written as if workers had judged their frames."""

import json
import random
import time
from functools import cache
from io import BytesIO
from pathlib import Path
from uuid import UUID

from PIL import Image
from redis import Redis
from sqlalchemy import Engine, text

from dev.load.flag_rows import FINDINGS
from dev.stack.processes import ROOT
from shared.presence.connection import CONNECTED_SECONDS, connected_key
from shared.presence.last_seen import (
    COVERAGE_MINUTES,
    PRESENCE_SECONDS,
    THUMBNAIL_SECONDS,
    FrameState,
    presence_key,
    thumbnail_key,
)

PICTURES = sorted((ROOT / "dev/pictures").glob("1-face-*.jpg"))
THUMBNAIL_SIZE = (160, 120)
FIRST_NAMES = ("Ada", "Björn", "Chiamaka", "Duc", "Elif", "Farid", "Grace", "Hana", "Iñaki", "Jūratė")
LAST_NAMES = ("Lovelace", "Nguyễn", "Okafor", "Müller", "Öztürk", "Haddad", "Kowalska", "Tanaka", "Silva")
LIKELY = {
    FrameState.VERIFIED: 950,
    FrameState.FACE_HIDDEN: 30,
    FrameState.NOBODY: 10,
    FrameState.FLAGGED: 6,
    FrameState.DARK: 4,
}
"""What a frame shows, with weights."""

ADD_PEOPLE = """
INSERT INTO participants (id, meeting_id, name, role)
SELECT gen_random_uuid(), :meeting, name, 'candidate' FROM unnest(CAST(:names AS text[])) AS name
RETURNING id
"""
# One incident for each person in turn, of ten flags.
ADD_FLAGS = """
WITH raised AS (
    INSERT INTO incidents (meeting_id, participant_id, kind, started_at, ended_at, flags, severity)
    SELECT :meeting, (CAST(:people AS uuid[]))[1 + n % :persons], 'multiple_faces',
           now() - (n + 1) * interval '10 seconds', now() - n * interval '10 seconds', 10, 300009
    FROM generate_series(0, CAST(:flags AS int) / 10 - 1) AS n
    RETURNING id, participant_id, ended_at
), flagged AS (
    INSERT INTO flags (job_id, meeting_id, participant_id, incident_id, kind, faces, findings, taken_at)
    SELECT gen_random_uuid(), :meeting, participant_id, id, 'multiple_faces', 2, CAST(:findings AS jsonb),
           ended_at - n * interval '1 second'
    FROM raised, generate_series(0, 9) AS n
    RETURNING id
)
INSERT INTO evidence (id, flag_id, status, content_type, sha256, store, reference)
SELECT gen_random_uuid(), id, 'stored', 'image/jpeg', repeat('0', 64), 'local', 'x.jpg' FROM flagged
"""


class Room:
    """People of one meeting."""

    def __init__(self, database: Engine, redis: Redis, meeting_id: UUID, people: int) -> None:
        self._database = database
        self._redis = redis
        self._meeting_id = meeting_id
        self._random = random.Random(16)  # noqa: S311 - the same room each time
        names = [f"{FIRST_NAMES[n % 10]} {LAST_NAMES[n // 10 % 9]}" for n in range(people)]
        with database.begin() as connection:
            added = connection.execute(text(ADD_PEOPLE), {"meeting": meeting_id, "names": names})
            self.people: list[UUID] = list(added.scalars())
        self._coverage = dict.fromkeys(self.people, FrameState.VERIFIED * COVERAGE_MINUTES)

    def flag(self, flags: int) -> None:
        """Add flags in incidents of ten, of one person after the other."""
        values = {"meeting": self._meeting_id, "people": self.people, "persons": len(self.people)}
        with self._database.begin() as connection:
            connection.execute(text(ADD_FLAGS), values | {"flags": flags, "findings": FINDINGS})

    def judge(self, state: FrameState | None = None) -> None:
        """Write a new frame of everybody, with this state or one by chance."""
        now = time.time()
        with self._redis.pipeline(transaction=False) as pipe:
            for place, person in enumerate(self.people):
                taken_at = now - place / len(self.people)
                presence = self._presence(person, taken_at, state or self._any_state())
                pipe.set(presence_key(person), presence, ex=PRESENCE_SECONDS)
                pipe.set(thumbnail_key(person), _thumbnail(place % len(PICTURES)), ex=THUMBNAIL_SECONDS)
                pipe.set(connected_key(person), "simulated", ex=CONNECTED_SECONDS)
            pipe.execute()

    def _any_state(self) -> FrameState:
        return self._random.choices(list(LIKELY), list(LIKELY.values()))[0]

    def _presence(self, person: UUID, taken_at: float, state: FrameState) -> str:
        coverage = self._coverage[person][1:] + state
        self._coverage[person] = coverage
        presence = {
            "taken_at": str(taken_at),
            "state": state,
            "faces": 1,
            "verified_at": str(taken_at if state is FrameState.VERIFIED else taken_at - 30),
            "quality": "good",
            "coverage": coverage,
            "coverage_minute": int(taken_at) // 60,
        }
        return json.dumps(presence)


@cache
def _thumbnail(number: int) -> bytes:
    return make_thumbnail(PICTURES[number])


def make_thumbnail(path: Path) -> bytes:
    """Return the picture as small as workers make it."""
    thumbnail = BytesIO()
    with Image.open(path) as picture:
        picture.convert("RGB").resize(THUMBNAIL_SIZE).save(thumbnail, "JPEG", quality=70)
    return thumbnail.getvalue()
