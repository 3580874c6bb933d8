"""Bearer tokens of participants: JWTs with meeting, participant and role, valid for 24 hours."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

import jwt

from api.errors import InvalidToken
from shared.db.tables import Role

VALID_FOR = timedelta(hours=24)
MAX_CACHED_TOKENS = 10_000
_ALGORITHM = "HS256"
_AUDIENCE = "participant"


@dataclass(frozen=True, slots=True)
class Bearer:
    """The participant that a valid token stands for."""

    meeting_id: UUID
    participant_id: UUID
    role: Role
    admin_key_hash: str | None = None
    """An admin's only: of the key they joined with. The token can't rejoin once the meeting has another."""


class Tokens:
    """Issue and verify tokens without a database, so that accepting a frame needs no query."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        # A candidate sends the same token with every frame. Only its expiry is checked again.
        self._verified = lru_cache(MAX_CACHED_TOKENS)(self._verify)

    def issue(self, bearer: Bearer, now: datetime | None = None) -> str:
        """Return a token that is valid for 24 hours from `now`."""
        claims = {
            "aud": _AUDIENCE,
            "sub": str(bearer.participant_id),
            "meeting": str(bearer.meeting_id),
            "role": bearer.role,
            "exp": (now or datetime.now(UTC)) + VALID_FOR,
        }
        if bearer.admin_key_hash:
            claims["key"] = bearer.admin_key_hash
        return jwt.encode(claims, self._secret, _ALGORITHM)

    def read(self, token: str) -> Bearer:
        """Return the token's participant; raise InvalidToken if it is forged or has expired."""
        bearer, expires = self._verified(token)
        if expires <= time.time():
            raise InvalidToken("the token has expired; join the meeting again")
        return bearer

    def _verify(self, token: str) -> tuple[Bearer, float]:
        try:
            claims = jwt.decode(
                token,
                self._secret,
                [_ALGORITHM],
                audience=_AUDIENCE,
                options={"require": ["exp", "sub", "aud"], "verify_exp": False},
            )
        except (jwt.InvalidTokenError, UnicodeEncodeError) as error:
            raise InvalidToken("the token is not valid; join the meeting to get one") from error
        ids = UUID(claims["meeting"]), UUID(claims["sub"])
        return Bearer(*ids, Role(claims["role"]), claims.get("key")), claims["exp"]
