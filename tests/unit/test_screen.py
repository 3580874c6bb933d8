"""The demo's terminal output."""

import re
from io import StringIO
from uuid import uuid4

import pytest
from rich.console import Console

from dev.stack.screen import Flag, Screen

COLUMNS, ROWS = 80, 24
URL = "http://127.0.0.1:65535"
MEETING, KEY = str(uuid4()), "k" * 43
CONTROL = re.compile(r"\x1b(\[[0-9;?]*[A-Za-z]|\]8;[^\x1b]*\x1b\\)")


def render(*, terminal: bool) -> list[str]:
    """Return the output lines of a demo with flags, in an 80 x 24 terminal or a file."""
    output = StringIO()
    console = Console(
        file=output, force_terminal=terminal, width=COLUMNS, height=ROWS, highlight=False, soft_wrap=True
    )
    flag: Flag = {
        "id": 1,
        "ts": "2026-05-04T12:00:00+00:00",
        "participant_name": "Ada",
        "kind": "multiple_faces",
        "faces": 2,
        "img_url": f"{URL}/evidence/{uuid4()}?signature={'s' * 180}",
    }
    with Screen(URL, MEETING, KEY, console) as screen:
        screen.show_flags([flag] * 10)
    return [line.rstrip() for line in re.split(r"[\r\n]+", CONTROL.sub("", output.getvalue()))]


def test_no_line_is_cut_at_80_columns() -> None:
    lines = render(terminal=True)

    assert max(map(len, lines)) <= COLUMNS
    assert not [line for line in lines if "…" in line]
    assert any(line.startswith("FLAGGED Ada multiple_faces") for line in lines)


@pytest.mark.parametrize("terminal", [True, False])
def test_screen_starts_with_the_admin_address(terminal: bool) -> None:
    lines = render(terminal=terminal)

    start = next(i for i, line in enumerate(lines) if line.startswith("Open this first"))
    assert lines[start + 1] == f"{URL}/meeting/{MEETING}#invigilator"
    assert lines[start + 3] == KEY


def test_redirected_output_has_full_picture_links() -> None:
    assert [line for line in render(terminal=False) if "?signature=" in line]
