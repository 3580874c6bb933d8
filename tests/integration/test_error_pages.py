"""Errors are pages for a browser that opens a link, and JSON for everybody else."""

from collections.abc import Callable
from uuid import UUID

import httpx
import pytest

from shared.settings import Settings
from tests.support.exam import Exam, assert_problem

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def assert_page(answer: httpx.Response, status: int, title: str) -> None:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "script" not in answer.headers["Content-Security-Policy"]
    assert f"<h1>{title}</h1>" in answer.text


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/nothing", 404, "This page doesn't exist"),
        (f"/evidence/{UUID(int=4)}?expires=1&signature=4", 401, "This link can't be opened"),
        ("/meetings/4", 404, "This page doesn't exist"),
    ],
)
def test_opened_link_gets_a_page(gateway: httpx.Client, path: str, status: int, title: str) -> None:
    assert_page(gateway.get(path, headers=BROWSER), status, title)
    assert_problem(gateway.get(path), status)
    assert_problem(gateway.get(path, headers={"Accept": "application/json"}), status)


def test_server_error_is_a_page_that_keeps_its_secrets(gateway: httpx.Client, exam: Exam) -> None:
    answer = gateway.get(f"/meetings/{exam.id}/<b>", headers=BROWSER)

    assert_page(answer, 404, "This page doesn't exist")
    assert "<b>" not in answer.text


def test_error_page_links_below_the_public_path(
    settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    client = other_gateway(Settings(**dict(settings) | {"public_url": "https://example.org/proctor"}))

    assert 'href="/proctor/"' in client.get("/proctor/nothing", headers=BROWSER).text


def test_other_answers_stay_json(gateway: httpx.Client, exam: Exam) -> None:
    answer = gateway.get(f"/meetings/{exam.id}", headers=BROWSER)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json()["id"] == exam.id
