"""The parts of the pages that need no browser: frame loop, status line, flagged list."""

from dev import pages


def test_frontend_unit_tests_pass() -> None:
    assert pages.main(["test"]) == 0
