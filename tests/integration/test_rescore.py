"""`python -m dev rescore`: what other thresholds would have flagged."""

from uuid import UUID, uuid4

import pytest

from shared.settings import Settings
from tests.support.dev_command import run_dev
from tests.support.exam import TWO_FACES, CandidateClient
from tests.support.jobs import judge_frame
from worker.frames.judging import Judging


@pytest.fixture(autouse=True)
def _database(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.database_url.get_secret_value())


@pytest.mark.parametrize(
    ("thresholds", "outcome"),
    [
        ([], "confirmed"),
        (["--confirm", "2.5"], "suspected"),
        (["--confirm", "2.5", "--allowance", "4"], "confirmed"),
        (["--threshold", "0.99"], "no flag"),
        (["--allowed", "2"], "no flag"),
    ],
)
def test_rescore_applies_other_thresholds(
    candidate: CandidateClient, judging: Judging, thresholds: list[str], outcome: str
) -> None:
    job_id = candidate.submit_frame(TWO_FACES)
    judge_frame(judging, UUID(job_id))

    done = run_dev("rescore", candidate.meeting_id, *thresholds)

    assert done.stdout.splitlines()[-1] == f"1 {outcome}", done.stderr


def test_meeting_without_flags_is_an_error(candidate: CandidateClient) -> None:
    assert candidate  # its fixture creates the tables

    done = run_dev("rescore", str(uuid4()))

    assert done.returncode == 2
    assert "has no flag" in done.stderr
