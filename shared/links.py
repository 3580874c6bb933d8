"""Signed links to pictures that the gateway serves itself."""

import time
from uuid import UUID

import jwt

ALGORITHM = "HS256"
WINDOW_SECONDS = 15 * 60


class SignedLinks:
    """Makes and checks links below `/{place}/`; each opens what lies under one id, for 15 to 30 minutes."""

    def __init__(self, secret: str, public_url: str, place: str) -> None:
        self._secret = secret
        self._place = place
        self._url = f"{public_url.rstrip('/')}/{place}"

    def create_link(self, picture_id: UUID, *, now: float | None = None) -> str:
        """The address of the picture; `now` is in seconds since the epoch, the present if not given."""
        claims = {"aud": self._place, "sub": str(picture_id), "exp": _expiry(_present(now))}
        signature = jwt.encode(claims, self._secret, ALGORITHM)
        return f"{self._url}/{picture_id}?signature={signature}"

    def verify(self, picture_id: UUID, signature: str, *, now: float | None = None) -> bool:
        """False for a signature that is forged, altered, of another picture, or expired."""
        try:
            claims = jwt.decode(
                signature,
                self._secret,
                algorithms=[ALGORITHM],
                audience=self._place,
                subject=str(picture_id),
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
