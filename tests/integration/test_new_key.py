"""The operator gives an exam a new admin key."""

from collections.abc import Callable
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine

from api.meetings.new_key import main, replace
from shared.settings import Settings
from tests.support.exam import Exam, assert_problem, bearer
from tests.support.ws_client import authenticated_connection

NewKey = Callable[[], str]


@pytest.fixture
def new_key(exam: Exam, settings: Settings, database: Engine, capsys: pytest.CaptureFixture[str]) -> NewKey:
    """Runs the command, and returns the key that it prints."""

    def run() -> str:
        assert replace(settings, database, UUID(exam.id)) == 0
        printed = capsys.readouterr().out
        assert f"{settings.public_url}/meeting/{exam.id}" in printed
        return printed.partition("New key: ")[2].split()[0]

    return run


def test_new_key_works_and_old_key_stops_at_once(exam: Exam, new_key: NewKey) -> None:
    old, new = exam.admin_key, new_key()
    path = f"/meetings/{exam.id}/people"

    assert_problem(exam.client.get(path, headers=bearer(old)), 401)
    assert exam.client.get(path, headers=bearer(new)).status_code == 200
    claim = {"meeting_id": exam.id, "admin_id": old}
    assert exam.client.post("/is_admin", json=claim).json() == {"admin": False}


def test_replaced_key_closes_live_connections(exam: Exam, new_key: NewKey) -> None:
    with authenticated_connection(exam.client, exam.id, exam.admin_key) as page:
        new = new_key()
        assert page.wait_closed() == (4401, "the meeting has a new admin key")

    with authenticated_connection(exam.client, exam.id, new) as page:
        assert page.welcome["role"] == "admin"


def test_admin_rejoins_only_until_the_key_is_replaced(exam: Exam, new_key: NewKey) -> None:
    ada = exam.join()

    def join(key: str) -> str:
        path, body = f"/meetings/{exam.id}/participants", {"name": "Ivy"}
        return str(exam.client.post(path, json=body, headers=bearer(key)).json()["token"])

    def rejoin(token: str) -> httpx.Response:
        return exam.client.post(f"/meetings/{exam.id}/rejoin", headers=bearer(token))

    renewed = rejoin(join(exam.admin_key)).json()["token"]
    assert rejoin(renewed).status_code == 200

    new = new_key()

    assert_problem(rejoin(renewed), 401)
    assert rejoin(join(new)).status_code == 200
    assert rejoin(ada.token).status_code == 200


def test_new_key_leaves_candidates_and_others_alone(exam: Exam, new_key: NewKey) -> None:
    other, ada = Exam.create(exam.client), exam.join()
    with (
        authenticated_connection(exam.client, exam.id, ada.token) as candidate,
        authenticated_connection(exam.client, other.id, other.admin_key) as page,
    ):
        new = new_key()
        other.send_message("Begin.").raise_for_status()
        Exam(exam.client, exam.id, new).send_message("Stop.", ada).raise_for_status()

        assert page.receive("sent")["text"] == "Begin."
        assert candidate.receive("message")["text"] == "Stop."


def test_new_key_is_audited_without_the_key(exam: Exam, new_key: NewKey) -> None:
    newest = Exam(exam.client, exam.id, new_key()).get_audit_log()[0]

    assert (newest["actor"], newest["action"], newest["what"]) == ("operator", "changed", "admin key")
    assert (newest["before"], newest["after"]) == (None, None)


@pytest.mark.usefixtures("redis")
def test_unknown_meeting_gets_no_key(
    settings: Settings, database: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert replace(settings, database, UUID(int=4)) == 1
    assert "there is no meeting" in capsys.readouterr().err


def test_command_finds_the_meeting_in_a_link(
    exam: Exam, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert main([f"https://exam.example.org/meeting/{exam.id}"]) == 0
    assert_problem(exam.get_flags(), 401)
    with pytest.raises(SystemExit):
        main(["https://exam.example.org/"])
