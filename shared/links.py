"""Signed links to pictures that the gateway serves itself."""

import time
from uuid import UUID

import jwt

ALGORITHM = "HS256"
WINDOW_SECONDS = 15 * 60


class SignedLinks:
    """Creates and verifies links below `/{path}/`; each opens one picture for 15 to 30 minutes."""

    def __init__(self, secret: str, public_url: str, path: str) -> None:
        self._secret = secret
        self._path = path
        self._url = f"{public_url.rstrip('/')}/{path}"

    def create_link(self, picture_id: UUID, *, now: float | None = None) -> str:
        """Return the picture's URL; `now` is in seconds since the epoch, by default the current time."""
        claims = {"aud": self._path, "sub": str(picture_id), "exp": _expiry(_or_current_time(now))}
        signature = jwt.encode(claims, self._secret, ALGORITHM)
        return f"{self._url}/{picture_id}?signature={signature}"

    def verify(self, picture_id: UUID, signature: str, *, now: float | None = None) -> bool:
        """Whether the signature is genuine, for this picture, and not expired."""
        try:
            claims = jwt.decode(
                signature,
                self._secret,
                algorithms=[ALGORITHM],
                audience=self._path,
                subject=str(picture_id),
                # PyJWT knows only the wall clock, so we compare the expiry with `now` ourselves.
                options={"require": ["aud", "sub", "exp"], "verify_exp": False},
            )
        except (jwt.InvalidTokenError, UnicodeEncodeError):
            return False
        return bool(claims["exp"] > _or_current_time(now))


def _or_current_time(now: float | None) -> float:
    return time.time() if now is None else now


def _expiry(now: float) -> int:
    # Rounded, so that a picture keeps its URL for a while: if every response had new links, the ETag of a
    # polled list and the browser's cache would be useless.
    return (int(now) // WINDOW_SECONDS + 2) * WINDOW_SECONDS
