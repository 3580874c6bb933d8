"""Signed links to evidence that the gateway serves itself."""

import time
from uuid import UUID

import jwt

AUDIENCE = "evidence"
ALGORITHM = "HS256"
WINDOW_SECONDS = 15 * 60


class Links:
    """Makes and checks links that open one picture each and expire after 15 to 30 minutes."""

    def __init__(self, secret: str, public_url: str) -> None:
        self._secret = secret
        self._public_url = public_url.rstrip("/")

    def link(self, evidence_id: UUID, *, now: float | None = None) -> str:
        """The address of the picture; `now` is in seconds since the epoch, the present if not given."""
        claims = {"aud": AUDIENCE, "sub": str(evidence_id), "exp": _expiry(_present(now))}
        signature = jwt.encode(claims, self._secret, ALGORITHM)
        return f"{self._public_url}/evidence/{evidence_id}?signature={signature}"

    def check(self, evidence_id: UUID, signature: str, *, now: float | None = None) -> bool:
        """False for a signature that is forged, altered, of another picture, or expired."""
        try:
            claims = jwt.decode(
                signature,
                self._secret,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                subject=str(evidence_id),
                # PyJWT only knows the wall clock, so the expiry is compared here, where `now` is known.
                options={"require": ["aud", "sub", "exp"], "verify_exp": False},
            )
        except (jwt.InvalidTokenError, UnicodeEncodeError):
            return False
        return bool(claims["exp"] > _present(now))


def _present(now: float | None) -> float:
    return time.time() if now is None else now


def _expiry(now: float) -> int:
    # Rounded, so that a picture keeps its address for a while: the ETag of a polled list and the browser's
    # cache are worth nothing when every answer carries new links.
    return (int(now) // WINDOW_SECONDS + 2) * WINDOW_SECONDS
