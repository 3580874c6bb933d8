"""docs/privacy.md lists what the audit log records."""

import re

from dev.stack.processes import ROOT
from shared.db.audit import Action


def test_every_audited_action_is_documented() -> None:
    page = (ROOT / "docs/privacy.md").read_text()
    _, section = page.split("## The audit log\n")
    cells = re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)
    documented = {name for cell in cells[1:] for name in re.findall(r"`(\w+)`", cell)}

    assert documented == set(Action)
