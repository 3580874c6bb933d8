"""A preview says what other rules would have made of the last hour's flags."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine

from shared.db.flags import list_recent_findings
from shared.verdicts import Box, Face, FlagKind
from tests.support.exam import CandidateClient, Exam, assert_problem, bearer
from tests.support.incidents import FlagRecorder
from tests.support.samples import DEFAULT_RULES, make_findings


@pytest.fixture
def flagged(candidate: CandidateClient, flag: FlagRecorder) -> CandidateClient:
    """Two flags of two faces and one of an absence within the hour, and an older one."""
    face = Face(box=Box(left=0, top=0, width=9, height=9), score=0.8, dlib=1.0)
    two = make_findings().model_copy(
        update={"engine": "dlib-guided", "thresholds": dict(DEFAULT_RULES), "faces": (face, face)}
    )
    for minutes in (1, 2, 61):
        flag(0, taken_at=datetime.now(UTC) - timedelta(minutes=minutes), findings=two)
    nobody = two.model_copy(update={"faces": ()})
    flag(0, FlagKind.NO_FACE, taken_at=datetime.now(UTC) - timedelta(minutes=3), findings=nobody)
    return candidate


def preview(exam: Exam, **rules: float | None) -> httpx.Response:
    return exam.client.post(f"/meetings/{exam.id}/rules/preview", json=rules, headers=bearer(exam.admin_key))


def counts(answer: httpx.Response) -> tuple[int, int, int]:
    """Return how many flags there are, how many stay, and how many depend."""
    assert answer.status_code == 200, answer.text
    return answer.json()["flags"], answer.json()["stay"], answer.json()["depend"]


@pytest.mark.usefixtures("flagged")
def test_preview_counts_the_last_hours_flags(exam: Exam) -> None:
    assert counts(preview(exam)) == (3, 3, 0)
    assert counts(preview(exam, faces_allowed=2)) == (3, 1, 0)
    assert counts(preview(exam, faces_allowed=2, no_face_seconds=300)) == (3, 0, 1)


@pytest.mark.usefixtures("flagged")
def test_preview_starts_from_the_meetings_rules(exam: Exam) -> None:
    path, admin = f"/meetings/{exam.id}/rules", bearer(exam.admin_key)
    changed = exam.client.patch(path, json={"faces_allowed": 2}, headers=admin).json()

    assert counts(preview(exam)) == (3, 1, 0)
    assert counts(preview(exam, faces_allowed=None)) == (3, 3, 0)
    assert exam.client.get(path, headers=admin).json() == changed


def test_preview_of_an_exam_without_flags_is_empty(exam: Exam) -> None:
    assert counts(preview(exam, faces_allowed=2)) == (0, 0, 0)


def test_preview_reads_a_limited_number_of_flags(flagged: CandidateClient, database: Engine) -> None:
    hour_ago = datetime.now(UTC) - timedelta(hours=1)

    found = list_recent_findings(database, UUID(flagged.meeting_id), hour_ago, limit=1)

    assert [kind for kind, _ in found] == [FlagKind.MULTIPLE_FACES]  # the newest


def test_invalid_rule_cannot_be_previewed(exam: Exam) -> None:
    assert_problem(preview(exam, faces_allowed=0), 422)
