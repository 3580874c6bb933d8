"""Errors of video vendors."""

from shared.http.responses import to_one_line

MAX_MESSAGE_LENGTH = 300


class VideoError(Exception):
    """A request to the vendor failed; the message is one short line without secrets."""

    retry_after: float | None = None

    def __init__(self, message: str) -> None:
        super().__init__(to_one_line(message, MAX_MESSAGE_LENGTH))


class NotAtVendor(VideoError):
    """The vendor has no such meeting, participant or preset."""


class VendorUnavailable(VideoError):
    """A transient failure. `safe_to_repeat` is False if the vendor may have executed the request.

    `retry_after` is the number of seconds the vendor asked to wait, None if it did not say.
    """

    def __init__(self, message: str, *, safe_to_repeat: bool, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.safe_to_repeat = safe_to_repeat
        self.retry_after = retry_after
