"""The video vendor: whether it knows us, and has the presets."""

from collections.abc import Iterator

from sqlalchemy import Engine

from api.meetings.video_meetings import VideoMeetings
from api.ops.doctor.finding import Finding, broken, ok, warning
from shared.settings import Settings
from shared.video.error import VendorUnavailable, VideoError
from shared.video.open_vendor import open_vendor


def check_video(settings: Settings, database: Engine) -> Iterator[Finding]:
    """Nothing without a vendor."""
    with open_vendor(settings) as vendor:
        if vendor is None:
            return
        try:
            VideoMeetings(settings, database, vendor).require_presets()
        except VendorUnavailable as error:
            yield warning(f"the video vendor is away: {error}", "exams go on without; look at its status")
        except VideoError as error:
            yield broken(f"the video vendor: {error}", "set right what it names (README, A video vendor)")
        else:
            yield ok(f"{vendor.name} knows us and has the presets")
