"""What a detector saw in a frame, and what the rules conclude from it."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class FlagKind(StrEnum):
    """Why a frame is put before a human."""

    MULTIPLE_FACES = "multiple_faces"
    NO_FACE = "no_face"
    """Nobody in any frame for a while."""
    TECHNICAL = "technical"
    """The same, where the pictures are dark, blank or all one: the camera's doing, not the person's."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Box(_Record):
    """A face's place in pixels of the upright picture, never past its edges."""

    left: int
    top: int
    width: int
    height: int


class Face(_Record):
    """One face: where it is, and how sure each of the engine's stages is of it."""

    box: Box
    score: float
    """The first stage's own score; higher is surer."""
    dlib: float | None = None
    """dlib's own score; None where it was not asked, or saw no face."""
    confirmed: bool = False
    """Whether dlib says that it is a face."""
    landmarks: tuple[tuple[int, int], ...] = ()
    """Left eye (in the picture), right eye, nose, corners of the mouth, where the engine knows them."""


class Findings(_Record):
    """What is needed to explain a verdict later without the picture."""

    engine: str
    version: str
    thresholds: dict[str, float]
    """The numbers by which it was judged: the engine's two thresholds and the meeting's rules."""
    width: int
    height: int
    brightness: float
    """Mean of all pixels, from 0 for black to 1 for white."""
    detail: float | None = None
    """Mean step from pixel to pixel of the small picture, on the same scale; low where it is blurred."""
    noise: float | None = None
    """How little a pixel tells of the next: near 0 in a picture, 1 in noise; null where faces are seen."""
    faces: tuple[Face, ...]
    overlooked: tuple[Face, ...] = ()
    """What scored too low to count; kept so that other thresholds can be tried later."""
    decode_ms: float
    detect_ms: float


class Verdict(_Record):
    """What the rules conclude: a kind of flag, or None for `ok`. The kinds exclude one another."""

    faces: int
    suspected: bool = False
    """More faces are seen than may be, and dlib does not confirm so many."""
    flag: FlagKind | None = None

    @property
    def name(self) -> str:
        """`ok`, or the flag's kind."""
        return self.flag or "ok"


class Outcome(_Record):
    """What a job that is done has to tell."""

    verdict: Verdict
    findings: Findings
