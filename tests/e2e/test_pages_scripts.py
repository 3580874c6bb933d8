"""Unit tests of the pages' scripts, which need no browser."""

from dev import pages


def test_frontend_unit_tests_pass() -> None:
    assert pages.main(["test"]) == 0
