"""`python -m api.ops.doctor` with bad settings, evidence stores, vendors and missing workers."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, text

from dev.stack.processes import ROOT
from dev.stack.stack import Stack
from dev.vendors.imgur import FakeImgur
from shared.db.evidence import mark_failed, mark_stored
from shared.settings import StoreName
from shared.stores.store import Stored
from tests.support.doctor import DoctorReport, run_in_process
from tests.support.samples import claim_upload, record_pending_evidence
from tests.support.vendors.dyte import API_KEY, DYTE_PATH, ORG_ID, FakeDyte
from tests.support.vendors.s3 import serve_s3

pytestmark = pytest.mark.slow

PICTURE_TAKEN = datetime(2026, 1, 1, tzinfo=UTC)


def test_working_stack_has_no_findings(stack: Stack) -> None:
    stack.check()
    exports = Path(stack.environment["EVIDENCE_PATH"]).with_name("env.sh")

    done = subprocess.run(
        ["/bin/sh", "-c", '. "$0"; exec "$1" -m dev doctor', exports, sys.executable],
        cwd=ROOT,
        env=os.environ | {"SECRET_KEY": stack.environment["SECRET_KEY"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    for line in (
        "ok       Postgres 18",
        "ok       its tables are up to date",
        "ok       Redis answers (valkey 9.",
        "ok       evidence can be stored (local)",
        "ok       a test frame was judged by dlib-guided",
        "ok       an evidence worker takes tasks",
    ):
        assert line in done.stdout
    assert "broken" not in done.stdout


def test_invalid_settings_are_named() -> None:
    report = DoctorReport({"SECRET_KEY": "short", "MAX_BACKLOG": "none"})

    assert [line.split(":")[0] for line in report.broken()] == ["SECRET_KEY", "MAX_BACKLOG"]


def test_guessable_secrets_are_broken(environment: dict[str, str]) -> None:
    guessable = {"SECRET_KEY": "0" * 32, "OPERATOR_KEY": "letmein"}

    report = DoctorReport(environment | guessable)

    assert "openssl rand" in report.remedy("broken", "SECRET_KEY can be guessed")
    assert "openssl rand" in report.remedy("broken", "OPERATOR_KEY can be guessed")
    assert "letmein" not in report.text


def test_public_url_without_tls_is_broken(environment: dict[str, str]) -> None:
    key = "a7f3c91e5b2d8046" * 2
    production = {"ENVIRONMENT": "production", "SECRET_KEY": key, "OPERATOR_KEY": key}

    report = DoctorReport(environment | production | {"PUBLIC_URL": "http://exam.example"})

    assert "TLS" in report.remedy("broken", "PUBLIC_URL is http://exam.example")


def test_missing_bucket_is_broken(environment: dict[str, str]) -> None:
    with serve_s3() as url:
        s3 = {
            "EVIDENCE_STORE": "s3",
            "EVIDENCE_S3_BUCKET": "missing-bucket",
            "EVIDENCE_S3_ENDPOINT": url,
            "AWS_ACCESS_KEY_ID": "AKIA",
            "AWS_SECRET_ACCESS_KEY": "hidden",
        }

        report = DoctorReport(environment | s3, run_in_process)
        httpx.put(f"{url}/missing-bucket", timeout=60).raise_for_status()
        then = DoctorReport(environment | s3, run_in_process)

    assert report.remedy("broken", "evidence can't be stored: S3 bucket missing-bucket failed")
    assert "hidden" not in report.text
    assert "ok       evidence can be stored (s3)" in then.text


@pytest.mark.skipif(not Path("/sys").is_dir(), reason="needs a directory that not even root can write to")
def test_read_only_evidence_path_is_ok_for_a_gateway(environment: dict[str, str]) -> None:
    report = DoctorReport(environment | {"EVIDENCE_PATH": "/sys"})

    assert "ok       EVIDENCE_PATH /sys is readable" in report.text


def test_imgur_gets_a_warning_and_is_probed(environment: dict[str, str]) -> None:
    with FakeImgur() as imgur:
        answers = DoctorReport(environment | {"IMGUR_CLIENT_ID": "any", "IMGUR_API_URL": imgur.url})
    away = DoctorReport(environment | {"IMGUR_CLIENT_ID": "any", "IMGUR_API_URL": imgur.url})

    assert "local or s3" in answers.remedy("warning", "anyone with the link")
    assert "Imgur answers" in answers.text
    assert "IMGUR_API_URL" in away.remedy("broken", "Imgur does not answer")


def test_unshared_evidence_directory_is_broken(
    environment: dict[str, str], database: Engine, tmp_path: Path
) -> None:
    evidence_id = record_pending_evidence(database, PICTURE_TAKEN)
    assert mark_stored(database, StoreName.LOCAL, {evidence_id: Stored(f"{evidence_id}.jpg", None)})

    report = DoctorReport(environment | {"EVIDENCE_PATH": str(tmp_path)})

    assert "share one directory" in report.remedy("broken", "the newest picture is not in EVIDENCE_PATH")


def test_old_pending_evidence_is_broken_with_its_error(environment: dict[str, str], database: Engine) -> None:
    upload = claim_upload(database, record_pending_evidence(database, PICTURE_TAKEN))
    assert upload
    mark_failed(database, upload, "the disk is full", None)
    with database.begin() as connection:
        old = {"it": upload.id, "then": datetime.now(UTC) - timedelta(days=400)}
        connection.execute(text("UPDATE evidence SET created_at = :then WHERE id = :it"), old)

    report = DoctorReport(environment)

    assert report.remedy("broken", "pictures are not stored yet") == (
        "fix the store's error: the disk is full"
    )
    with database.begin() as connection:
        connection.execute(text("DELETE FROM evidence WHERE id = :it"), {"it": upload.id})


def test_video_vendor_problems_are_reported(environment: dict[str, str]) -> None:
    with FakeDyte() as dyte:
        vendor = {
            "VIDEO_PROVIDER": "dyte",
            "DYTE_ORG_ID": ORG_ID,
            "DYTE_API_KEY": API_KEY,
            "DYTE_API_URL": dyte.url + DYTE_PATH,
        }
        assert (
            "ok       dyte accepts our credentials and has the presets"
            in DoctorReport(environment | vendor).text
        )
        missing_preset = DoctorReport(environment | vendor | {"VIDEO_PRESET_ADMIN": "unknown"})
        assert missing_preset.remedy("broken", "VIDEO_PRESET_ADMIN=unknown is no preset of dyte")
        refused = DoctorReport(environment | vendor | {"DYTE_API_KEY": "wrong"})
        assert refused.remedy("broken", "the video vendor")
    away = DoctorReport(environment | vendor)
    assert away.remedy("warning", "the video vendor is unavailable")


def test_missing_workers_are_broken(environment: dict[str, str]) -> None:
    report = DoctorReport(environment)

    assert "worker.frames" in report.remedy("broken", "no worker judged a test frame within 1 s")
    assert "worker.evidence" in report.remedy("broken", "no evidence worker took a task within 1 s")
