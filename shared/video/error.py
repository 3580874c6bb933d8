"""What goes wrong with a video vendor."""

from shared.http.responses import to_one_line

MAX_MESSAGE_LENGTH = 300


class VideoError(Exception):
    """The vendor did not do what it was asked; the message is one short line without secrets."""

    retry_after: float | None = None

    def __init__(self, message: str) -> None:
        super().__init__(to_one_line(message, MAX_MESSAGE_LENGTH))


class NotAtVendor(VideoError):
    """The vendor has no such meeting, participant or preset."""


class VendorUnavailable(VideoError):
    """It may work later; `safe_to_repeat` unless the vendor may have done it without our hearing of it.

    `retry_after` is the number of seconds the vendor asked to be left alone, None if it did not say.
    """

    def __init__(self, message: str, *, safe_to_repeat: bool, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.safe_to_repeat = safe_to_repeat
        self.retry_after = retry_after
