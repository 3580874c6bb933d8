"""Which detected persons count as persons without a visible face."""

from collections.abc import Sequence

from shared.rules import Rules
from shared.verdicts import Box, DetectedPerson, Face

FACE_MARGIN = 0.4
"""A face may lie this far outside its person's box, relative to the face's size."""
MAX_OVERLAP = 0.6
"""A box that shares this much of its area or of the other's is the same person."""
MIN_AREA = 0.02
"""A smaller box, relative to the frame's area, is nobody beside the candidate."""


def mark_without_face(
    persons: Sequence[DetectedPerson], faces: Sequence[Face], frame_area: int, rules: Rules
) -> tuple[DetectedPerson, ...]:
    """Return the persons, highest score first, with `without_face` set.

    Without any face the surest person is present if it reaches `person_threshold`. A further person counts
    with `second_person_threshold` if its box is neither that of a face nor that of a person already counted.
    """
    known = [box for face in faces for box in _boxes_of(face, persons)]
    marked = []
    for person in persons:
        if known:
            counts = (
                rules.second_person
                and person.score >= rules.second_person_threshold
                and _area(person.box) >= MIN_AREA * frame_area
                and not any(_shows_face(person.box, face.box) for face in faces)
                and all(_overlap(person.box, box) < MAX_OVERLAP for box in known)
            )
        else:
            counts = person.score >= rules.person_threshold
        if counts:
            known.append(person.box)
        marked.append(person.model_copy(update={"without_face": counts}))
    return tuple(marked)


def _boxes_of(face: Face, persons: Sequence[DetectedPerson]) -> list[Box]:
    """Return the face's box, and the box of the surest person who may have this face."""
    surest = next((person.box for person in persons if _shows_face(person.box, face.box)), None)
    return [face.box] if surest is None else [face.box, surest]


def _shows_face(person: Box, face: Box) -> bool:
    """Whether the face's centre lies in the person's box, widened by a part of the face."""
    x, y = face.left + face.width / 2, face.top + face.height / 2
    across, down = FACE_MARGIN * face.width, FACE_MARGIN * face.height
    return (
        person.left - across <= x <= person.left + person.width + across
        and person.top - down <= y <= person.top + person.height + down
    )


def _overlap(one: Box, other: Box) -> float:
    """Return the shared area relative to the smaller of the two."""
    width = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    height = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    return max(width, 0) * max(height, 0) / max(min(_area(one), _area(other)), 1)


def _area(box: Box) -> int:
    return box.width * box.height
