"""Our meetings and people, each with its counterpart at the video vendor."""

import logging
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import Engine

from api.errors import NotFound
from shared.db.audit import Actor
from shared.db.deletions import VideoEntry, enqueue_deletion
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


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody who has joined; `video_token` is None where the meeting has no vendor."""

    participant_id: UUID
    video_token: str | None


class VideoMeetings:
    """Creates and joins meetings, at the vendor first: what it refuses leaves nothing behind here.

    Each call may take seconds; it raises VideoError when the vendor fails.
    """

    def __init__(self, settings: Settings, database: Engine, vendor: Vendor | None) -> None:
        self._database = database
        self._vendor = vendor
        self._capacity = settings.meeting_capacity
        self._presets = {
            Role.ADMIN: settings.video_preset_admin,
            Role.CANDIDATE: settings.video_preset_candidate,
        }

    def check_presets(self) -> None:
        """As `require_presets`, but lets a vendor that is away pass: exams go on without it."""
        try:
            self.require_presets()
        except VendorUnavailable as away:
            log.warning("the presets could not be checked: %s", away)

    def require_presets(self) -> None:
        """Raises VideoError, for the operator, when the vendor lacks a preset, knows us not, or is away."""
        if self._vendor is None:
            return
        there = set(self._vendor.list_presets())
        for role, preset in self._presets.items():
            if preset not in there:
                raise VideoError(
                    f"VIDEO_PRESET_{role.upper()}={preset} is no preset of {self._vendor.name};"
                    f" it has: {', '.join(sorted(there)) or 'none'}"
                )

    def provider_of(self, meeting: Meeting) -> VideoProvider:
        """Who carries this meeting; one that was created under another vendor has no video any more."""
        counterpart = self._counterpart(meeting)
        return counterpart[0].name if counterpart else VideoProvider.NONE

    def create_meeting(
        self,
        title: str,
        creator: Actor,
        rules: RuleOverrides = NO_OVERRIDES,
        retention_days: int | None = None,
    ) -> tuple[Meeting, str]:
        """Return a new meeting and its admin key; without `retention_days` the operator's setting holds."""
        if self._vendor is None:
            return create_meeting(self._database, title, creator, None, rules, retention_days)
        there = VideoMeeting(self._vendor.name, self._vendor.create_meeting(title))
        try:
            return create_meeting(self._database, title, creator, there, rules, retention_days)
        except Exception:
            self._give_up(self._vendor, there)
            raise

    def join(self, meeting: Meeting, name: str, role: Role) -> Joined:
        """A new person in the meeting; raises MeetingClosedError or MeetingFullError for a candidate."""
        participant_id = uuid4()
        counterpart = self._counterpart(meeting)
        if counterpart is None:
            add_participant(self._database, meeting, name, role, participant_id, capacity=self._capacity)
            return Joined(participant_id, None)
        vendor, there = counterpart
        if role is Role.CANDIDATE:
            check_capacity(self._database, meeting, self._capacity)
        seat = vendor.add_participant(there, name, str(participant_id), self._presets[role])
        try:
            add_participant(self._database, meeting, name, role, participant_id, seat.id, self._capacity)
        except Exception:
            vendor.discard_participant(there, seat.id)
            raise
        return Joined(participant_id, seat.token)

    def rejoin(self, meeting: Meeting, participant: Participant) -> Joined:
        """Somebody who is back: the same person at the vendor too, with a new token."""
        counterpart = self._counterpart(meeting)
        if counterpart is None:
            return Joined(participant.id, None)
        vendor, there = counterpart
        if participant.video_participant_id:
            token = vendor.refresh_token(there, participant.video_participant_id)
            return Joined(participant.id, token)
        preset = self._presets[Role(participant.role)]
        seat = vendor.add_participant(there, participant.name, str(participant.id), preset)
        if not set_video_participant(self._database, participant.id, seat.id):
            enqueue_deletion(self._database, VideoEntry(vendor.name, there, seat.id), participant.id)
            raise NotFound("there is no such participant")
        return Joined(participant.id, seat.token)

    def _counterpart(self, meeting: Meeting) -> tuple[Vendor, str] | None:
        if self._vendor and meeting.video_meeting_id and meeting.video_provider == self._vendor.name:
            return self._vendor, meeting.video_meeting_id
        return None

    def _give_up(self, vendor: Vendor, there: VideoMeeting) -> None:
        try:
            vendor.close_meeting(there.id)
        except VideoError as error:
            log.warning(
                "meeting %s stays open at %s, and nobody has a link to it: %s", there.id, vendor.name, error
            )
