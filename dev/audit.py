"""`python -m dev audit`: known vulnerabilities of our code and our dependencies.

Advisories come from the network. Without it a check is reported as not done, which is no failure.
"""

import argparse
import json
import subprocess
import sys
from enum import StrEnum

from dev.pages import npm
from dev.stack.processes import ROOT

CODE = ("api", "shared", "worker", "dev")


class Finding(StrEnum):
    """The result of one check."""

    CLEAN = "clean"
    FOUND = "FOUND SOMETHING"
    UNKNOWN = "NOT CHECKED: the advisories can't be reached"


def main(arguments: list[str]) -> int:
    """Run all checks; return 1 if one found something."""
    argparse.ArgumentParser(prog="python -m dev audit").parse_args(arguments)
    findings = {
        "our code (bandit)": code(),
        "Python packages (pip-audit)": packages(),
        "npm packages": pages(),
    }
    for what, finding in findings.items():
        print(f"{what:<28} {finding}")
    return int(Finding.FOUND in findings.values())


def code() -> Finding:
    """Run bandit, from severity medium. ruff has the same rules, and `make check` applies all of them."""
    done = subprocess.run([sys.executable, "-m", "bandit", "-q", "-ll", "-r", *CODE], cwd=ROOT, check=False)
    return Finding.FOUND if done.returncode else Finding.CLEAN


def packages() -> Finding:
    """Check all installed packages: those of the images, and the tools for tests."""
    done = subprocess.run(
        [sys.executable, "-m", "pip_audit", "--local", "--format", "json", "--progress-spinner", "off"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return read_pip_audit(done.stdout)


def read_pip_audit(output: str) -> Finding:
    """Evaluate its JSON, and print vulnerable packages. Without JSON it could not reach the advisories."""
    try:
        dependencies = json.loads(output)["dependencies"]
    except (ValueError, KeyError):
        return Finding.UNKNOWN
    known = [one for one in dependencies if "skip_reason" not in one]
    vulnerable = [one for one in known if one["vulns"]]
    for one in vulnerable:
        print(f"{one['name']} {one['version']}: {', '.join(vuln['id'] for vuln in one['vulns'])}")
    if vulnerable:
        return Finding.FOUND
    # It skips packages that the service does not know. If it knows none, the service did not answer.
    return Finding.CLEAN if known else Finding.UNKNOWN


def pages() -> Finding:
    """Check the packages that build the pages, by their lock file."""
    return read_npm_audit(npm("audit", "--json", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)


def read_npm_audit(output: str) -> Finding:
    """Evaluate its JSON. An answer without counts comes from a registry without advisories."""
    try:
        report = json.loads(output)
        total = report["metadata"]["vulnerabilities"]["total"]
    except (ValueError, KeyError, TypeError):
        return Finding.UNKNOWN
    for name, one in report.get("vulnerabilities", {}).items():
        print(f"{name} {one['range']}: {one['severity']}")
    return Finding.FOUND if total else Finding.CLEAN
