"""The README's example session, settings table and links."""

import json
import re
import subprocess
from pathlib import Path

from dev.stack.stack import Stack

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_example_session_ends_with_a_flag(stack: Stack) -> None:
    [session] = re.findall(r"```bash\n(.*?)```", README, re.DOTALL)
    script = session.replace("http://127.0.0.1:8000", stack.url)

    shell = ["/bin/bash", "-euo", "pipefail", "-c", script]
    output = subprocess.run(shell, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    job, flags = re.findall(r"\{.*\}", output.replace('}{"flags"', '}\n{"flags"'))
    assert json.loads(job)["verdict"] == "multiple_faces"
    [flag] = json.loads(flags)["flags"]
    assert flag["participant_name"] == "Ada"
    assert flag["img_url"].startswith(f"{stack.url}/evidence/")


def test_every_setting_is_listed() -> None:
    names = re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    measurement_settings = {"SIMULATED_DETECTOR_MS"}

    assert [name for name in names if f"`{name}`" not in README and name not in measurement_settings] == []


def test_every_linked_file_exists() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
