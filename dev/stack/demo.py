"""`python -m dev demo`: run the stack with simulated candidates, and show events in the terminal."""

import os
import queue
import time

import httpx

from dev.load.candidates import Outcome
from dev.load.exam import Exam
from dev.stack.screen import Flag, Screen
from dev.stack.stack import Stack
from dev.stack.supervisor import Supervisor
from dev.stack.up import create_parser, with_pages
from shared.settings import Settings

POLL_SECONDS = 1.0


def main(arguments: list[str]) -> int:
    """Run until stopped."""
    chosen = create_parser("demo").parse_args(arguments)
    settings = Settings()
    outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    with (
        Stack(
            chosen.data, port=chosen.port, workers=chosen.workers, environment=with_pages(os.environ)
        ) as stack,
        Exam(stack.url, settings.operator_key, outcomes.put) as exam,
        Screen(stack.url, exam.meeting_id, exam.admin_id) as screen,
    ):
        parts = Supervisor(stack.processes, screen.show_incident)
        while True:
            parts.restart_ended()
            _show_outcomes(outcomes, screen)
            screen.show_flags(_fetch_flags(exam))


def _show_outcomes(outcomes: queue.SimpleQueue[Outcome], screen: Screen) -> None:
    """Print outcomes until it is time to poll the flagged list."""
    until = time.monotonic() + POLL_SECONDS
    while (seconds := until - time.monotonic()) > 0:
        try:
            screen.show_outcome(outcomes.get(timeout=seconds))
        except queue.Empty:
            return


def _fetch_flags(exam: Exam) -> list[Flag]:
    """Return the newest flags; none while the gateway does not answer."""
    try:
        answer = exam.client.get(
            f"/meetings/{exam.meeting_id}/flags", headers={"Authorization": f"Bearer {exam.admin_id}"}
        )
    except httpx.TransportError:
        return []
    flags: list[Flag] = answer.json()["flags"] if answer.is_success else []
    return flags
