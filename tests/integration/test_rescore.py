"""`python -m dev rescore`: what other thresholds would have flagged."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from shared.settings import Settings
from tests.support.exam import TWO_FACES, CandidateClient
from worker.frames.judging import Judging

ROOT = Path(__file__).parents[2]


def rescore(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DATABASE_URL": settings.database_url.get_secret_value()}
    command = [sys.executable, "-m", "dev", "rescore", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


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
    settings: Settings, candidate: CandidateClient, judging: Judging, thresholds: list[str], outcome: str
) -> None:
    job_id = candidate.submit_frame(TWO_FACES)
    judging.judge_frame(UUID(job_id))

    done = rescore(settings, str(candidate.meeting_id), *thresholds)

    assert done.stdout.splitlines()[-1] == f"1 {outcome}", done.stderr


def test_meeting_without_flags_is_an_error(settings: Settings, candidate: CandidateClient) -> None:
    assert candidate  # its fixture creates the tables

    done = rescore(settings, str(uuid4()))

    assert done.returncode == 2
    assert "has no flag" in done.stderr
