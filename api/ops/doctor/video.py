"""Check that the video vendor accepts our credentials and has the presets."""

from collections.abc import Iterator

from sqlalchemy import Engine

from api.meetings.video_meetings import VideoMeetings
from api.ops.doctor.finding import Finding, broken, ok, warning
from shared.settings import Settings
from shared.video.error import VendorUnavailable, VideoError
from shared.video.open_vendor import open_vendor


def check_video(settings: Settings, database: Engine) -> Iterator[Finding]:
    """Yield one finding, or nothing without a vendor."""
    with open_vendor(settings) as vendor:
        if vendor is None:
            return
        try:
            VideoMeetings(settings, database, vendor).require_presets()
        except VendorUnavailable as error:
            yield warning(
                f"the video vendor is unavailable: {error}",
                "exams continue without video; check the vendor's status page",
            )
        except VideoError as error:
            yield broken(f"the video vendor: {error}", "fix what the message names (README, A video vendor)")
        else:
            yield ok(f"{vendor.name} accepts our credentials and has the presets")
