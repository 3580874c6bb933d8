"""From faces to a verdict."""

import pytest

from tests.samples import findings
from worker.rules import judge


@pytest.mark.parametrize(
    ("faces", "name"), [(0, "ok"), (1, "ok"), (2, "multiple_faces"), (30, "multiple_faces")]
)
def test_more_than_one_face_is_a_flag(faces: int, name: str) -> None:
    verdict = judge(findings(faces))

    assert (verdict.name, verdict.faces) == (name, faces)
