"""`python -m dev demo`: the stack, candidates in it, and what happens there, live in the terminal."""

import os
import queue
import time

import httpx

from dev.load.candidates import Outcome
from dev.load.exam import Exam
from dev.stack.screen import Flag, Screen
from dev.stack.stack import Stack
from dev.stack.supervisor import Supervisor
from dev.stack.up import parser, with_pages
from shared.settings import Settings

LOOK_SECONDS = 1.0


def main(arguments: list[str]) -> int:
    """Start everything and show it until stopped."""
    chosen = parser("demo").parse_args(arguments)
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
            parts.tend()
            _show_outcomes(outcomes, screen)
            screen.show_flags(_flags(exam))


def _show_outcomes(outcomes: queue.SimpleQueue[Outcome], screen: Screen) -> None:
    """Shows what comes in until it is time to look at the flagged list again."""
    until = time.monotonic() + LOOK_SECONDS
    while (seconds := until - time.monotonic()) > 0:
        try:
            screen.show_outcome(outcomes.get(timeout=seconds))
        except queue.Empty:
            return


def _flags(exam: Exam) -> list[Flag]:
    """The newest flags; none while the gateway cannot be reached."""
    try:
        answer = exam.client.get(
            f"/meetings/{exam.meeting_id}/flags", headers={"Authorization": f"Bearer {exam.admin_id}"}
        )
    except httpx.TransportError:
        return []
    flags: list[Flag] = answer.json()["flags"] if answer.is_success else []
    return flags
