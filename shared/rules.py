"""What makes a frame a flag: the settings' numbers, and those that a meeting has of its own."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

MIN_FACE_THRESHOLD = 0.3
MIN_CONFIRM_THRESHOLD = -1.0
"""What scores less is told by no engine."""

FacesAllowed = Annotated[
    int, Field(ge=1, le=10, description="How many people may be seen: 2 for a candidate with a scribe")
]
FaceThreshold = Annotated[
    float,
    Field(
        ge=MIN_FACE_THRESHOLD, le=1, description="The score at which the network's proposal counts as a face"
    ),
]
ConfirmThreshold = Annotated[
    float,
    Field(ge=MIN_CONFIRM_THRESHOLD, le=3, description="The score at which dlib confirms that it is one"),
]
SuspicionFrames = Annotated[
    int,
    Field(ge=1, le=3, description="In how many of three frames a suspicion must hold to become a flag"),
]
NoFaceSeconds = Annotated[
    float, Field(gt=0, le=600, description="For how long nobody is seen in any frame before it is a flag")
]


class Rules(BaseModel):
    """The numbers by which a frame is judged. The thresholds are on the scales of `dlib-guided`."""

    model_config = ConfigDict(frozen=True)

    faces_allowed: FacesAllowed
    face_threshold: FaceThreshold
    confirm_threshold: ConfirmThreshold
    suspicion_frames: SuspicionFrames
    no_face_seconds: NoFaceSeconds


class RuleOverrides(BaseModel):
    """The numbers that a meeting has of its own; those that are null are the settings'."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    faces_allowed: FacesAllowed | None = None
    face_threshold: FaceThreshold | None = None
    confirm_threshold: ConfirmThreshold | None = None
    suspicion_frames: SuspicionFrames | None = None
    no_face_seconds: NoFaceSeconds | None = None

    def merged_with(self, defaults: Rules) -> Rules:
        """The numbers that hold for the meeting."""
        return defaults.model_copy(update=self.model_dump(exclude_none=True))


CACHE_SECONDS = 24 * 3_600
"""How long Redis has them at hand."""


def rules_key(meeting_id: UUID) -> str:
    """The meeting's own rules as JSON, from Postgres: so that no frame costs a query."""
    return f"rules:{meeting_id}"
