"""Schemathesis sends valid and invalid requests to every endpoint of the OpenAPI document.

Every answer must be documented; an undocumented 5xx is an error.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from dev.stack.processes import ROOT
from tests.support.exam import TWO_FACES, CandidateClient, Exam
from tests.support.jobs import judge_frame
from worker.frames.judging import Judging

pytestmark = pytest.mark.slow

SEED = "1"
EXAMPLES = {"nobody": "4", "candidate": "6", "admin": "10"}
"""For each endpoint; most refuse the first two."""
PHASES = {"nobody": "examples,fuzzing"}
"""For the others also examples that cover each part of an endpoint's schema."""

CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_schema_conformance", "response_headers_conformance"),
)

CREDENTIALS: dict[str, Callable[[Exam, CandidateClient], str]] = {
    "nobody": lambda *_: "",
    "candidate": lambda _, candidate: candidate.token,
    "admin": lambda exam, _: exam.admin_key,
}


def real_ids(exam: Exam, candidate: CandidateClient, job_id: str) -> dict[str, str]:
    """Return existing ids; with made-up ones every answer would be the same 404."""
    [flag] = exam.get_flags().json()["flags"]
    return {
        "meeting_id": exam.id,
        "participant_id": candidate.id,
        "job_id": job_id,
        "flag_id": str(flag["id"]),
        "incident_id": str(flag["incident_id"]),
        "evidence_id": flag["img_url"].partition("?")[0].rpartition("/")[2],
    }


@pytest.mark.parametrize("role", CREDENTIALS)
def test_every_answer_is_documented(
    exam: Exam, candidate: CandidateClient, judging: Judging, tmp_path: Path, role: str
) -> None:
    job_id = candidate.submit_frame(TWO_FACES)
    judge_frame(judging, UUID(job_id))
    configuration = tmp_path / "schemathesis.toml"
    ids = real_ids(exam, candidate, job_id).items()
    configuration.write_text("[parameters]\n" + "".join(f'"path.{name}" = "{id_}"\n' for name, id_ in ids))
    key = CREDENTIALS[role](exam, candidate)

    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", configuration),
            *(
                "run",
                f"{exam.client.base_url}/openapi.json",
                # A worker prints these, and none runs here.
                *("--exclude-path-regex", r"/report\.pdf$"),
                "--seed",
                SEED,
                "--max-examples",
                EXAMPLES[role],
            ),
            *(
                "--phases",
                PHASES.get(role, "examples,coverage,fuzzing"),
                "--checks",
                ",".join(CHECKS),
                "--continue-on-failure",
            ),
            *(("--header", f"Authorization: Bearer {key}") if key else ()),
        ],
        # Schemathesis stores its findings in the current directory.
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
