"""The rules that flag a frame: the settings' defaults and a meeting's overrides."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

MIN_FACE_THRESHOLD = 0.3
MIN_CONFIRM_THRESHOLD = -1.0
"""Engines report nothing with a lower score."""

FacesAllowed = Annotated[
    int,
    Field(
        ge=1, le=10, description="How many people are allowed in the picture: 2 for a candidate with a scribe"
    ),
]
FaceThreshold = Annotated[
    float,
    Field(
        ge=MIN_FACE_THRESHOLD, le=1, description="Minimum score for the network's proposal to count as a face"
    ),
]
ConfirmThreshold = Annotated[
    float,
    Field(ge=MIN_CONFIRM_THRESHOLD, le=3, description="Minimum score for dlib to confirm a face"),
]
Score = Annotated[float, Field(ge=0, le=1)]
SuspicionFrames = Annotated[
    int,
    Field(
        ge=1,
        le=3,
        description="In how many of three consecutive frames a suspicion must hold to become a flag",
    ),
]
NoFaceSeconds = Annotated[
    float, Field(gt=0, le=600, description="Seconds without anybody in any frame before it is flagged")
]
FaceHiddenSeconds = Annotated[
    float,
    Field(ge=0, le=600, description="Seconds without a visible face before it is flagged; 0: never"),
]
SecondPerson = Annotated[
    bool, Field(description="Whether a person without a visible face beside the candidate is suspected")
]


class Rules(BaseModel):
    """The rules for judging a frame. The thresholds are on the scales of `dlib-guided`."""

    model_config = ConfigDict(frozen=True)

    faces_allowed: FacesAllowed
    face_threshold: FaceThreshold
    confirm_threshold: ConfirmThreshold
    suspicion_frames: SuspicionFrames
    no_face_seconds: NoFaceSeconds
    face_hidden_seconds: FaceHiddenSeconds
    second_person: SecondPerson
    sure_face_threshold: Score
    """dlib confirms a face with this score, and a straight mouth, at a lower score of its own."""
    sure_face_allowance: float
    """How much lower than `confirm_threshold`."""
    max_mouth_angle: float
    """Degrees between mouth and eyes, up to which a mouth is straight."""
    person_threshold: Score
    """Minimum score for a person to be present without a face."""
    second_person_threshold: Score


class RuleOverrides(BaseModel):
    """The rules that a meeting overrides; null means the default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    faces_allowed: FacesAllowed | None = None
    face_threshold: FaceThreshold | None = None
    confirm_threshold: ConfirmThreshold | None = None
    suspicion_frames: SuspicionFrames | None = None
    no_face_seconds: NoFaceSeconds | None = None
    face_hidden_seconds: FaceHiddenSeconds | None = None
    second_person: SecondPerson | None = None

    def merged_with(self, defaults: Rules) -> Rules:
        """Return the effective rules."""
        return defaults.model_copy(update=self.model_dump(exclude_none=True))


CACHE_SECONDS = 24 * 3_600
"""How long Redis caches a meeting's overrides."""


def rules_key(meeting_id: UUID) -> str:
    """Return the key of the meeting's overrides as JSON, cached so that judging a frame needs no query."""
    return f"rules:{meeting_id}"
