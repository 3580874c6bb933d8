"""Create and join meetings, with their counterparts at the video vendor."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid4

from anyio import CapacityLimiter, fail_after, to_thread
from sqlalchemy import Engine

from api.errors import NotFound
from shared.db.audit import Actor
from shared.db.deletions import VendorParticipant, enqueue_deletion
from shared.db.joining import check_capacity
from shared.db.meetings import (
    NO_OVERRIDES,
    VideoMeeting,
    add_participant,
    create_meeting,
    set_video_participant,
)
from shared.db.tables import Meeting, Participant, Role
from shared.rules import RuleOverrides
from shared.settings import Settings, VideoProvider
from shared.video.error import VendorUnavailable, VideoError
from shared.video.vendor import Vendor

log = logging.getLogger(__name__)

T = TypeVar("T")

THREADS = 10
"""While the vendor is silent, these wait; all other work in threads goes on."""
MAX_WAIT_SECONDS = 5.0
"""For a free thread."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A participant who has joined; `video_token` is None without a vendor, or while it is unavailable."""

    participant_id: UUID
    video_token: str | None


class VideoMeetings:
    """Create and join meetings, at the vendor first, so that its errors leave nothing behind here.

    Each call may take seconds, and raises VideoError if the vendor fails: call it with `run`.
    """

    def __init__(self, settings: Settings, database: Engine, vendor: Vendor | None) -> None:
        self._database = database
        self._vendor = vendor
        self._threads = CapacityLimiter(THREADS)
        self._capacity = settings.meeting_capacity
        self._presets = {
            Role.ADMIN: settings.video_preset_admin,
            Role.CANDIDATE: settings.video_preset_candidate,
        }

    async def run(self, call: Callable[[], T]) -> T:
        """Run a call in one of a few threads; raise VendorUnavailable if none becomes free."""
        if self._vendor is None:
            return await to_thread.run_sync(call)
        try:
            with fail_after(MAX_WAIT_SECONDS):  # a call that has begun is shielded from it
                return await to_thread.run_sync(call, limiter=self._threads)
        except TimeoutError:
            busy = f"{THREADS} requests to {self._vendor.name} are still unanswered"
            raise VendorUnavailable(busy, safe_to_repeat=True) from None

    def check_presets(self) -> None:
        """Call `require_presets`, but only log a vendor that is unavailable: exams work without it."""
        try:
            self.require_presets()
        except VendorUnavailable as error:
            log.warning("could not check the presets: %s", error)

    def require_presets(self) -> None:
        """Raise VideoError if the vendor lacks a preset, rejects our credentials, or is unavailable."""
        if self._vendor is None:
            return
        available = set(self._vendor.list_presets())
        for role, preset in self._presets.items():
            if preset not in available:
                raise VideoError(
                    f"VIDEO_PRESET_{role.upper()}={preset} is no preset of {self._vendor.name};"
                    f" it has: {', '.join(sorted(available)) or 'none'}"
                )

    def video_provider(self, meeting: Meeting) -> VideoProvider:
        """Return the meeting's video provider; a meeting created with another vendor has no video."""
        counterpart = self._counterpart(meeting)
        return counterpart[0].name if counterpart else VideoProvider.NONE

    def create_meeting(
        self,
        title: str,
        creator: Actor,
        rules: RuleOverrides = NO_OVERRIDES,
        retention_days: int | None = None,
        shard: str | None = None,
        exam_url: str | None = None,
        ends_at: datetime | None = None,
    ) -> tuple[Meeting, str]:
        """Return a new meeting and its admin key; `retention_days` None means the operator's setting."""
        rest = (rules, retention_days, shard, exam_url, ends_at)
        if self._vendor is None:
            return create_meeting(self._database, title, creator, None, *rest)
        at_vendor = VideoMeeting(self._vendor.name, self._vendor.create_meeting(title))
        try:
            return create_meeting(self._database, title, creator, at_vendor, *rest)
        except Exception:
            self._discard_meeting(self._vendor, at_vendor.id)
            raise

    def join(self, meeting: Meeting, name: str, role: Role) -> Joined:
        """Add a participant; for a candidate raise MeetingClosedError or MeetingFullError."""
        counterpart = self._counterpart(meeting)
        if counterpart is None:
            return self.join_without_video(meeting, name, role)
        vendor, video_meeting_id = counterpart
        participant_id = uuid4()
        if role is Role.CANDIDATE:
            check_capacity(self._database, meeting, self._capacity)
        added = vendor.add_participant(video_meeting_id, name, str(participant_id), self._presets[role])
        try:
            add_participant(self._database, meeting, name, role, participant_id, added.id, self._capacity)
        except Exception:
            vendor.discard_participant(video_meeting_id, added.id)
            raise
        return Joined(participant_id, added.token)

    def join_without_video(self, meeting: Meeting, name: str, role: Role) -> Joined:
        """Do the same as `join`, without the vendor; `rejoin` adds the participant there later."""
        participant_id = add_participant(self._database, meeting, name, role, capacity=self._capacity)
        return Joined(participant_id, None)

    def rejoin(self, meeting: Meeting, participant: Participant) -> Joined:
        """Return a new video token for a participant, who stays the same person at the vendor."""
        counterpart = self._counterpart(meeting)
        if counterpart is None:
            return Joined(participant.id, None)
        vendor, video_meeting_id = counterpart
        if participant.video_participant_id:
            token = vendor.refresh_token(video_meeting_id, participant.video_participant_id)
            return Joined(participant.id, token)
        preset = self._presets[Role(participant.role)]
        added = vendor.add_participant(video_meeting_id, participant.name, str(participant.id), preset)
        if not set_video_participant(self._database, participant.id, added.id):
            # The participant was erased meanwhile.
            entry = VendorParticipant(vendor.name, video_meeting_id, added.id)
            enqueue_deletion(self._database, entry, participant.id)
            raise NotFound("there is no such participant")
        return Joined(participant.id, added.token)

    def _counterpart(self, meeting: Meeting) -> tuple[Vendor, str] | None:
        if self._vendor and meeting.video_meeting_id and meeting.video_provider == self._vendor.name:
            return self._vendor, meeting.video_meeting_id
        return None

    def _discard_meeting(self, vendor: Vendor, video_meeting_id: str) -> None:
        try:
            vendor.close_meeting(video_meeting_id)
        except VideoError as error:
            log.warning("unused meeting %s stays open at %s: %s", video_meeting_id, vendor.name, error)
