"""`python -m dev audit`: what is known to be wrong with our code, and with what we build on.

Advisories come from the network. Where that is out of reach nothing is known: that is said, and no failure.
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
    """What a look has come to."""

    CLEAN = "clean"
    FOUND = "FOUND SOMETHING"
    UNKNOWN = "NOT CHECKED: the advisories are out of reach"


def main(arguments: list[str]) -> int:
    """Look at all of it; 1 when something was found."""
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
    """Bandit, from what it calls medium on; ruff has the same rules, and `make check` minds them all."""
    done = subprocess.run([sys.executable, "-m", "bandit", "-q", "-ll", "-r", *CODE], cwd=ROOT, check=False)
    return Finding.FOUND if done.returncode else Finding.CLEAN


def packages() -> Finding:
    """All that is installed here, which is what the images install and the tools of tests."""
    done = subprocess.run(
        [sys.executable, "-m", "pip_audit", "--local", "--format", "json", "--progress-spinner", "off"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return read_pip_audit(done.stdout)


def read_pip_audit(output: str) -> Finding:
    """What its JSON says; without any, it did not get as far as that. Vulnerable packages are printed."""
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
    # It skips what the service does not know: where it knows nothing at all, it was not the service.
    return Finding.CLEAN if known else Finding.UNKNOWN


def pages() -> Finding:
    """What the pages are built with, by their lock file."""
    return read_npm_audit(npm("audit", "--json", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)


def read_npm_audit(output: str) -> Finding:
    """What its JSON says; an answer that counts nothing comes from a registry without advisories."""
    try:
        report = json.loads(output)
        total = report["metadata"]["vulnerabilities"]["total"]
    except (ValueError, KeyError, TypeError):
        return Finding.UNKNOWN
    for name, one in report.get("vulnerabilities", {}).items():
        print(f"{name} {one['range']}: {one['severity']}")
    return Finding.FOUND if total else Finding.CLEAN
