"""An exported audit log proves that nobody edited, removed or added entries."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, text

from api.verify_log import LogVerifier
from shared.db.audit import Action, Actor, delete_old_entries, export_log, record_action
from shared.db.audit_checkpoints import load_signing_key, public_key_text, sign_checkpoints
from shared.db.meetings import create_meeting
from shared.settings import Settings
from tests.support.exam import CandidateClient, Exam, bearer

ENTRIES = 7
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.fixture
def meeting_id(database: Engine) -> UUID:
    """A meeting with seven entries, the fifth of them signed."""
    meeting, _ = create_meeting(database, "Algebra", Actor.ANYONE)
    for number in range(1, ENTRIES):
        record_action(database, meeting.id, Actor.ADMIN, Action.VIEWED, f"evidence {number}")
        if number == 4:
            sign_checkpoints(database, KEY, meeting.id)
    return meeting.id


@pytest.fixture
def exported(database: Engine, meeting_id: UUID) -> list[str]:
    """The lines of its log: seven entries and two checkpoints."""
    sign_checkpoints(database, KEY, meeting_id)
    return list(export_log(database, meeting_id))


def find_problems(lines: list[str]) -> list[str]:
    verifier = LogVerifier(public_key_text(KEY))
    verifier.verify(lines)
    return verifier.problems


def rewrite(database: Engine, *statements: str, **parameters: object) -> None:
    with database.begin() as connection:
        for statement in statements:
            connection.execute(text(statement), parameters)


def test_untouched_log_is_complete(exported: list[str]) -> None:
    assert len(exported) == ENTRIES + 2
    assert find_problems(exported) == []


def test_edited_entry_is_found(exported: list[str]) -> None:
    exported[2] = exported[2].replace("evidence 2", "evidence 9")

    assert find_problems(exported) == [f"line 3: entry {_id(exported[2])} was edited"]


def test_edit_in_postgres_with_new_hashes_is_found(database: Engine, meeting_id: UUID) -> None:
    sign_checkpoints(database, KEY, meeting_id)
    rewrite(
        database,
        "UPDATE audit SET object = 'evidence 9' WHERE meeting_id = :id AND object = 'evidence 2'",
        """DO $$ DECLARE entry audit; last text; BEGIN
        FOR entry IN SELECT * FROM audit ORDER BY id LOOP
            entry.previous := (SELECT hash FROM audit WHERE meeting_id = entry.meeting_id AND id < entry.id
                               ORDER BY id DESC LIMIT 1);
            UPDATE audit SET previous = entry.previous,
                hash = encode(sha256(convert_to(audit_text(entry), 'UTF8')), 'hex') WHERE id = entry.id;
        END LOOP; END $$""",
        id=meeting_id,
    )

    problems = find_problems(list(export_log(database, meeting_id)))

    assert [problem.split(":")[0] for problem in problems[:2]] == ["line 8", "line 9"]
    assert "edited after they were signed" in problems[0]


@pytest.mark.parametrize("removed", [slice(2, 3), slice(1, 5), slice(5, 6)])
def test_removed_middle_is_found(exported: list[str], removed: slice) -> None:
    del exported[removed]

    assert any("does not follow" in problem for problem in find_problems(exported))


def test_removed_middle_in_postgres_is_found(database: Engine, meeting_id: UUID) -> None:
    rewrite(database, "DELETE FROM audit WHERE meeting_id = :id AND object = 'evidence 2'", id=meeting_id)
    sign_checkpoints(database, KEY, meeting_id)

    assert any(
        "does not follow" in problem for problem in find_problems(list(export_log(database, meeting_id)))
    )


def test_cut_tail_is_found(exported: list[str]) -> None:
    del exported[ENTRIES - 1]

    assert any("is missing" in problem for problem in find_problems(exported))


def test_cut_head_is_not_called_complete(exported: list[str], tmp_path: Path) -> None:
    """The file looks as if the entries had been deleted after LOG_RETENTION_DAYS: the check can't know."""
    file = tmp_path / "audit.log"
    file.write_text("".join(exported[2:]))

    result = verify(file)

    assert result.returncode == 0
    assert "complete" not in result.stdout
    assert "right only if it is older than LOG_RETENTION_DAYS" in result.stdout


def test_tail_cut_with_its_checkpoint_is_found(exported: list[str]) -> None:
    del exported[-1], exported[ENTRIES - 1]

    assert find_problems(exported) == ["no valid checkpoint covers the last 1 entries"]


def test_tail_cut_in_postgres_is_found(database: Engine, meeting_id: UUID) -> None:
    rewrite(
        database,
        "DELETE FROM audit WHERE meeting_id = :id AND object IN ('evidence 4', 'evidence 5', 'evidence 6')",
        id=meeting_id,
    )
    sign_checkpoints(database, KEY, meeting_id)

    assert any("is missing" in problem for problem in find_problems(list(export_log(database, meeting_id))))


def test_checkpoint_of_another_key_is_found(database: Engine, meeting_id: UUID) -> None:
    other = Ed25519PrivateKey.generate()
    sign_checkpoints(database, other, meeting_id)

    assert any("another key" in problem for problem in find_problems(list(export_log(database, meeting_id))))


@pytest.mark.parametrize("line", ["", "entry", "entry 12 []", "checkpoint x {}", 'entry x {"id": 1}', "💥"])
def test_unreadable_line_is_named(exported: list[str], line: str) -> None:
    exported.insert(3, f"{line}\n")

    assert "line 4: is not a line of an audit log" in find_problems(exported)


def test_empty_file_is_not_a_complete_log() -> None:
    assert find_problems([]) == ["no valid checkpoint covers the last 0 entries"]


def test_concurrent_writers_keep_one_chain(database: Engine, meeting_id: UUID) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(
            threads.map(
                lambda number: record_action(
                    database, meeting_id, Actor.ADMIN, Action.VIEWED, f"evidence {number}"
                ),
                range(80),
            )
        )
    sign_checkpoints(database, KEY, meeting_id)
    lines = list(export_log(database, meeting_id))

    assert len(lines) == ENTRIES + 80 + 2
    assert find_problems(lines) == []


def test_entries_of_one_statement_are_chained(database: Engine, meeting_id: UUID) -> None:
    rewrite(
        database,
        "INSERT INTO audit (meeting_id, actor, action, object)"
        " SELECT :id, 'system', 'deleted', 'evidence ' || n FROM generate_series(10, 12) n",
        id=meeting_id,
    )
    sign_checkpoints(database, KEY, meeting_id)

    assert find_problems(list(export_log(database, meeting_id))) == []


def test_old_entries_go_and_the_chain_goes_on(database: Engine, meeting_id: UUID) -> None:
    rewrite(
        database,
        "UPDATE audit SET at = at - interval '200 days' WHERE meeting_id = :id",
        "UPDATE audit_checkpoints SET created_at = created_at - interval '200 days' WHERE meeting_id = :id",
        id=meeting_id,
    )

    assert delete_old_entries(database, 183) >= ENTRIES - 1

    rewrite(database, "UPDATE audit SET at = at + interval '200 days' WHERE meeting_id = :id", id=meeting_id)
    record_action(database, meeting_id, Actor.ADMIN, Action.VIEWED, "evidence 7")
    sign_checkpoints(database, KEY, meeting_id)
    verifier = LogVerifier()
    verifier.verify(export_log(database, meeting_id))
    assert (verifier.problems, verifier.entries, verifier.begins_late) == ([], 2, True)


def test_log_outlives_the_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVIDENCE_RETENTION_DAYS", "365")
    monkeypatch.setenv("LOG_RETENTION_DAYS", "30")

    assert Settings().audit_days > 365


@pytest.fixture
def file_of_exam(exam: Exam, tmp_path: Path) -> Callable[[], Path]:
    def export() -> Path:
        answer = exam.client.get(f"/meetings/{exam.id}/audit.log", headers=bearer(exam.admin_key))
        assert answer.status_code == 200, answer.text
        assert "attachment" in answer.headers["Content-Disposition"]
        file = tmp_path / "audit.log"
        file.write_bytes(answer.content)
        return file

    return export


def verify(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api.verify_log", str(file), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_export_is_verified_after_an_erasure(
    exam: Exam,
    flagged: Callable[[CandidateClient], UUID],
    file_of_exam: Callable[[], Path],
    settings: Settings,
) -> None:
    candidate = exam.join("Ada")
    flagged(candidate)
    [flag] = exam.get_flags().json()["flags"]
    exam.client.post(
        f"/meetings/{exam.id}/flags/{flag['id']}/review",
        json={"decision": "confirmed"},
        headers=bearer(exam.admin_key),
    )
    exam.erase(candidate.id)
    file = file_of_exam()
    key = public_key_text(load_signing_key(settings))

    result = verify(file, "--public-key", key)

    assert result.returncode == 0, result.stdout
    assert f"complete and unchanged; signed with {key}" in result.stdout

    file.write_text(file.read_text().replace("confirmed", "dismissed"))
    result = verify(file)
    assert result.returncode == 1
    assert "was edited" in result.stdout


def test_closing_a_meeting_signs_its_log(exam: Exam, database: Engine) -> None:
    exam.client.patch(f"/meetings/{exam.id}", json={"closed": True}, headers=bearer(exam.admin_key))

    verifier = LogVerifier()
    verifier.verify(export_log(database, UUID(exam.id)))
    assert verifier.problems == []


def test_missing_file_is_said_in_one_sentence(tmp_path: Path) -> None:
    result = verify(tmp_path / "nothing.log")

    assert result.returncode == 2
    assert "nothing.log can't be read" in result.stderr


def _id(line: str) -> int:
    return int(line.split('"id" : ')[1].split(",", maxsplit=1)[0])
