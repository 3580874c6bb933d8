"""What a detector found in a frame, and what the rules conclude."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class FlagKind(StrEnum):
    """Why a human should look at a frame."""

    MULTIPLE_FACES = "multiple_faces"
    NO_FACE = "no_face"
    """Nobody was in any frame for a while."""
    FACE_HIDDEN = "face_hidden"
    """Somebody was there, but without a visible face for longer than the meeting allows."""
    TECHNICAL = "technical"
    """As no_face, but the picture is unusable: a fault of the camera."""


class PictureQuality(StrEnum):
    """Whether a picture can show anybody: the same answer for the camera check, the exam and the admin."""

    GOOD = "good"
    DIM = "dim"
    """People can be seen, but more light would help."""
    BRIGHT = "bright"
    """Overexposed."""
    UNUSABLE = "unusable"
    """Shows nothing: too dark, one colour, noise, or the same picture again and again."""


UNCONFIRMED_STRENGTH = -10.0
"""Below dlib's score of any confirmed face."""


class _FrozenModel(BaseModel):
    model_config = ConfigDict(frozen=True)


class Box(_FrozenModel):
    """Position of a face or a person in pixels of the upright picture, clipped to its edges."""

    left: int
    top: int
    width: int
    height: int


class Face(_FrozenModel):
    """One face: its position, and the score of each stage of the engine."""

    box: Box
    score: float
    """Score of the first stage; higher is more certain."""
    dlib: float | None = None
    """Score of dlib; None if it was not run on this face, or found none."""
    confirmed: bool = False
    """Whether dlib confirms that it is a face."""
    landmarks: tuple[tuple[int, int], ...] = ()
    """Left eye (in the picture), right eye, nose, corners of the mouth; empty if the engine has none."""
    mouth_angle: float | None = None
    """Degrees between the line of the mouth and that of the eyes; None if the engine has no landmarks."""


class DetectedPerson(_FrozenModel):
    """A possible person, with or without a visible face."""

    box: Box
    score: float
    without_face: bool = False
    """Whether it counts as a person whose face is not visible."""


class Findings(_FrozenModel):
    """What explains a verdict later, without the picture."""

    engine: str
    version: str
    thresholds: dict[str, float]
    """The engine's two thresholds and the meeting's rules that were applied."""
    width: int
    height: int
    brightness: float
    """Mean of all pixels, from 0 (black) to 1 (white)."""
    detail: float | None = None
    """Mean difference between neighbouring pixels of the thumbnail, same scale; low if blurred."""
    noise: float | None = None
    """How weakly neighbouring pixels correlate: near 0 in a photo, 1 in noise; None if faces are found."""
    faces: tuple[Face, ...]
    overlooked: tuple[Face, ...] = ()
    """Scored too low to count; stored so that other thresholds can be tried later."""
    persons: tuple[DetectedPerson, ...] | None = None
    """Possible persons, highest score first; None if they were not looked for."""
    decode_ms: float
    detect_ms: float

    @property
    def hidden_faces(self) -> int:
        """How many people are there whose face is not visible."""
        return sum(person.without_face for person in self.persons or ())

    @property
    def strength(self) -> float:
        """How sure it is that there are too many people: dlib's score of the face that is one too many.

        Below any such score if dlib does not confirm that many faces.
        """
        allowed = int(self.thresholds.get("faces_allowed", 1))
        confirmed = sorted((face.dlib or 0.0 for face in self.faces if face.confirmed), reverse=True)
        return confirmed[allowed] if len(confirmed) > allowed else UNCONFIRMED_STRENGTH


class Verdict(_FrozenModel):
    """What the rules conclude; `flag` is None for `ok`."""

    faces: int
    suspected: bool = False
    """More people are found than allowed, but dlib does not confirm that many faces."""
    face_hidden: bool = False
    """Somebody is there without a visible face, for example bent over the paper."""
    flag: FlagKind | None = None
    picture: PictureQuality | None = None
    """None in outcomes of releases that did not judge it."""

    @property
    def name(self) -> str:
        """`ok`, or the flag's kind."""
        return self.flag or "ok"


class Outcome(_FrozenModel):
    """The result of a job that is done."""

    verdict: Verdict
    findings: Findings
