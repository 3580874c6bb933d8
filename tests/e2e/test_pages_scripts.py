"""The parts of the pages that need no browser: frame loop, status line, flagged list."""

from dev import pages


def test_the_unit_tests_of_the_scripts_pass() -> None:
    assert pages.main(["test"]) == 0
