"""Reviewing flags: filters, decisions and the CSV export."""

import csv
from datetime import datetime
from io import StringIO
from uuid import UUID

import httpx

from tests.support.exam import TWO_FACES, CandidateClient, Exam, assert_problem, bearer
from tests.support.jobs import judge_frame
from worker.frames.judging import Judging


def create_flag(judging: Judging, candidate: CandidateClient) -> int:
    job_id = candidate.submit_frame(TWO_FACES)
    judge_frame(judging, UUID(job_id))
    response = candidate.client.get(f"/jobs/{job_id}", headers=bearer(candidate.token))
    assert response.json()["flags"] == ["multiple_faces"]
    return 1


def post_decision(
    exam: Exam, flag_id: object, body: dict[str, str], key: str | None = None
) -> httpx.Response:
    return exam.client.post(
        f"/meetings/{exam.id}/flags/{flag_id}/review", json=body, headers=bearer(key or exam.admin_key)
    )


def read_flag(exam: Exam, flag_id: object) -> httpx.Response:
    return exam.client.get(f"/meetings/{exam.id}/flags/{flag_id}", headers=bearer(exam.admin_key))


def decide(exam: Exam, flag_id: object, decision: str, key: str | None = None) -> int:
    response = post_decision(exam, flag_id, {"decision": decision}, key)
    if response.status_code == 200:
        assert response.json()["review"] == decision
    return response.status_code


def test_decision_is_kept_and_can_be_undone(exam: Exam, candidate: CandidateClient, judging: Judging) -> None:
    create_flag(judging, candidate)
    [flag] = exam.get_flags().json()["flags"]
    assert flag["review"] == "open"
    assert len(flag["findings"]["faces"]) == flag["faces"] == 2

    for decision in ("dismissed", "confirmed", "open"):
        assert decide(exam, flag["id"], decision) == 200
        assert exam.get_flags().json()["flags"][0]["review"] == decision


def test_repeated_decision_is_audited_once(exam: Exam, candidate: CandidateClient, judging: Judging) -> None:
    create_flag(judging, candidate)
    [flag] = exam.get_flags().json()["flags"]

    for _ in range(2):
        answer = post_decision(exam, flag["id"], {"decision": "confirmed", "expected": "open"})
        assert (answer.status_code, answer.json()["review"]) == (200, "confirmed")

    assert [entry["action"] for entry in exam.get_audit_log()].count("confirmed") == 1


def test_decision_on_an_outdated_state_gets_409(
    exam: Exam, candidate: CandidateClient, judging: Judging
) -> None:
    create_flag(judging, candidate)
    [flag] = exam.get_flags().json()["flags"]
    assert decide(exam, flag["id"], "dismissed") == 200

    for decision, expected in (("confirmed", "open"), ("open", "confirmed")):
        answer = post_decision(exam, flag["id"], {"decision": decision, "expected": expected})
        assert "dismissed this flag" in assert_problem(answer, 409)

    assert read_flag(exam, flag["id"]).json() == exam.get_flags().json()["flags"][0]
    assert read_flag(exam, flag["id"]).json()["review"] == "dismissed"
    answer = post_decision(exam, flag["id"], {"decision": "confirmed", "expected": "dismissed"})
    assert answer.json()["review"] == "confirmed"


def test_dismissed_flag_is_not_counted(exam: Exam, candidate: CandidateClient, judging: Judging) -> None:
    create_flag(judging, candidate)
    [flag] = exam.get_flags().json()["flags"]

    def count() -> int:
        return int(exam.get_people()[0]["flags"])

    assert count() == 1
    decide(exam, flag["id"], "dismissed")
    assert count() == 0


def test_decision_changes_the_etag(exam: Exam, candidate: CandidateClient, judging: Judging) -> None:
    create_flag(judging, candidate)
    first = exam.get_flags()
    headers = bearer(exam.admin_key) | {"If-None-Match": first.headers["ETag"]}
    address = f"/meetings/{exam.id}/flags"
    assert exam.client.get(address, headers=headers).status_code == 304

    decide(exam, first.json()["flags"][0]["id"], "confirmed")
    assert exam.client.get(address, headers=headers).status_code == 200


def test_only_the_meetings_admin_can_decide(exam: Exam, candidate: CandidateClient, judging: Judging) -> None:
    create_flag(judging, candidate)
    flag_id = exam.get_flags().json()["flags"][0]["id"]
    elsewhere = Exam.create(exam.client)

    assert decide(elsewhere, flag_id, "dismissed") == 404
    assert decide(exam, flag_id, "dismissed", key=elsewhere.admin_key) == 401
    assert decide(exam, flag_id, "dismissed", key=candidate.token) == 401
    assert exam.get_flags().json()["flags"][0]["review"] == "open"


def test_invalid_decisions_are_refused(exam: Exam) -> None:
    for flag_id in ("0", "-1", "x", str(2**63)):
        assert decide(exam, flag_id, "dismissed") == 422
    assert decide(exam, 2**62, "dismissed") == 404
    assert_problem(read_flag(exam, 2**62), 404)
    assert decide(exam, 1, "unknown decision") == 422


def test_flags_filter_by_participant_and_kind(exam: Exam, judging: Judging) -> None:
    ada, bob = exam.join("Ada"), exam.join("Bob")
    for candidate in (ada, bob, ada):
        create_flag(judging, candidate)

    assert len(exam.get_flags(kind="multiple_faces").json()["flags"]) == 3
    page = exam.get_flags(participant_id=ada.id, limit=1).json()
    assert [flag["participant_name"] for flag in page["flags"]] == ["Ada"]
    rest = exam.get_flags(participant_id=ada.id, limit=1, after=page["next"]).json()
    assert [flag["participant_name"] for flag in rest["flags"]] == ["Ada"]
    assert rest["next"] is None
    assert_problem(exam.get_flags(kind="too_many_feet"), 422)
    assert_problem(exam.get_flags(participant_id="ada"), 422)


def test_flags_filter_by_review_state(exam: Exam, candidate: CandidateClient, judging: Judging) -> None:
    for _ in range(3):
        create_flag(judging, candidate)
    newest, middle, oldest = (flag["id"] for flag in exam.get_flags().json()["flags"])
    decide(exam, newest, "dismissed")
    decide(exam, middle, "confirmed")

    def listed(*states: str) -> list[int]:
        answer = exam.client.get(
            f"/meetings/{exam.id}/flags", params={"review": states}, headers=bearer(exam.admin_key)
        )
        return [flag["id"] for flag in answer.json()["flags"]]

    assert listed("open", "confirmed") == [middle, oldest]
    assert listed("dismissed") == [newest]
    assert listed() == [newest, middle, oldest]
    assert_problem(exam.get_flags(review="toggled"), 422)


def test_csv_has_every_flag_and_no_link(exam: Exam, judging: Judging) -> None:
    candidate = exam.join('=HYPERLINK("http://x";"click me"), 🎓')
    create_flag(judging, candidate)
    create_flag(judging, candidate)

    response = exam.client.get(f"/meetings/{exam.id}/flags.csv", headers=bearer(exam.admin_key))
    assert response.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in response.headers["Content-Disposition"]
    assert response.content.startswith(b"\xef\xbb\xbfid,"), "Excel needs the mark to read UTF-8"
    rows = list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[0]["ts"] > rows[1]["ts"]
    assert rows[0]["participant_name"] == '\'=HYPERLINK("http://x";"click me"), 🎓'
    assert rows[0]["kind"] == "multiple_faces"
    assert len(rows[0]["scores"].split()) == 2
    assert rows[0]["hidden_faces"] == "0"
    assert "signature" not in response.text

    assert_problem(exam.client.get(f"/meetings/{exam.id}/flags.csv", headers=bearer(candidate.token)), 401)


def test_csv_has_reviewer_and_time_of_decision(exam: Exam, judging: Judging) -> None:
    for name in ("Ada", "Bob", "Cleo"):
        create_flag(judging, exam.join(name))
    _, middle, oldest = (flag["id"] for flag in exam.get_flags().json()["flags"])
    for flag, decision in (
        (middle, "confirmed"),
        (oldest, "confirmed"),
        (oldest, "open"),
        (middle, "dismissed"),
    ):
        decide(exam, flag, decision)

    text = exam.client.get(f"/meetings/{exam.id}/flags.csv", headers=bearer(exam.admin_key)).text
    rows = {row["participant_name"]: row for row in csv.DictReader(StringIO(text))}

    [decided] = [entry["at"] for entry in exam.get_audit_log() if entry["action"] == "dismissed"]
    assert [row["review"] for row in rows.values()] == ["open", "dismissed", "open"]
    assert [row["reviewer"] for row in rows.values()] == ["", "admin", ""]
    assert [row["decided_at"] for row in rows.values()][::2] == ["", ""]
    assert datetime.fromisoformat(rows["Bob"]["decided_at"]) == datetime.fromisoformat(decided)
