"""The audit tells clean reports from vulnerable and missing ones."""

import json

import pytest

from dev.audit import Finding, read_npm_audit, read_pip_audit

CLEAN = {"name": "redis", "version": "8.1.0", "vulns": []}
VULNERABLE = {"name": "pillow", "version": "1.0", "vulns": [{"id": "PYSEC-2021-1"}]}
SKIPPED = {"name": "uvicorn", "skip_reason": "Dependency not found on PyPI and could not be audited"}


@pytest.mark.parametrize(
    ("dependencies", "finding"),
    [
        ([CLEAN, SKIPPED], Finding.CLEAN),
        ([CLEAN, VULNERABLE, SKIPPED], Finding.FOUND),
        ([SKIPPED, SKIPPED], Finding.UNKNOWN),
        ([], Finding.UNKNOWN),
    ],
)
def test_pip_audit_report_is_classified(dependencies: list[object], finding: Finding) -> None:
    assert read_pip_audit(json.dumps({"dependencies": dependencies, "fixes": []})) is finding


def test_vulnerable_package_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    read_pip_audit(json.dumps({"dependencies": [VULNERABLE]}))

    assert capsys.readouterr().out == "pillow 1.0: PYSEC-2021-1\n"


@pytest.mark.parametrize(
    ("report", "finding"),
    [
        ({"vulnerabilities": {}, "metadata": {"vulnerabilities": {"total": 0}}}, Finding.CLEAN),
        (
            {
                "vulnerabilities": {"vite": {"range": "<1", "severity": "high"}},
                "metadata": {"vulnerabilities": {"total": 1}},
            },
            Finding.FOUND,
        ),
        ({"error": {"code": "ENOAUDIT", "summary": "the registry has no audits"}}, Finding.UNKNOWN),
        ({"statusCode": 404, "message": "Not Found"}, Finding.UNKNOWN),
        (None, Finding.UNKNOWN),
    ],
)
def test_npm_audit_report_is_classified(report: object, finding: Finding) -> None:
    assert read_npm_audit(json.dumps(report)) is finding


@pytest.mark.parametrize("output", ["", "connection refused"])
def test_missing_report_is_unknown(output: str) -> None:
    assert read_pip_audit(output) is read_npm_audit(output) is Finding.UNKNOWN
