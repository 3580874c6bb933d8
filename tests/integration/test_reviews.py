"""What an invigilator does with a flag: find it, decide about it, take it along."""

import csv
from datetime import datetime
from io import StringIO
from uuid import UUID

import httpx

from tests.support.exam import TWO_FACES, Exam, Seat, assert_problem, bearer
from worker.frames.judging import Judging


def flagged(judging: Judging, seat: Seat) -> int:
    job_id = seat.accepted(TWO_FACES)
    judging.judge_frame(UUID(job_id))
    response = seat.client.get(f"/jobs/{job_id}", headers=bearer(seat.token))
    assert response.json()["flags"] == ["multiple_faces"]
    return 1


def post_decision(
    room: Exam, flag_id: object, body: dict[str, str], key: str | None = None
) -> httpx.Response:
    return room.client.post(
        f"/meetings/{room.id}/flags/{flag_id}/review", json=body, headers=bearer(key or room.admin_key)
    )


def read_flag(room: Exam, flag_id: object) -> httpx.Response:
    return room.client.get(f"/meetings/{room.id}/flags/{flag_id}", headers=bearer(room.admin_key))


def decide(room: Exam, flag_id: object, decision: str, key: str | None = None) -> int:
    response = post_decision(room, flag_id, {"decision": decision}, key)
    if response.status_code == 200:
        assert response.json()["review"] == decision
    return response.status_code


def test_a_decision_is_kept_and_can_be_taken_back(room: Exam, seat: Seat, judging: Judging) -> None:
    flagged(judging, seat)
    [flag] = room.flags().json()["flags"]
    assert flag["review"] == "open"
    assert len(flag["findings"]["faces"]) == flag["faces"] == 2

    for decision in ("dismissed", "confirmed", "open"):
        assert decide(room, flag["id"], decision) == 200
        assert room.flags().json()["flags"][0]["review"] == decision


def test_deciding_the_same_twice_is_one_decision(room: Exam, seat: Seat, judging: Judging) -> None:
    flagged(judging, seat)
    [flag] = room.flags().json()["flags"]

    for _ in range(2):
        answer = post_decision(room, flag["id"], {"decision": "confirmed", "expected": "open"})
        assert (answer.status_code, answer.json()["review"]) == (200, "confirmed")

    assert [entry["action"] for entry in room.audit()].count("confirmed") == 1


def test_a_decision_about_an_outdated_state_is_a_conflict(room: Exam, seat: Seat, judging: Judging) -> None:
    flagged(judging, seat)
    [flag] = room.flags().json()["flags"]
    assert decide(room, flag["id"], "dismissed") == 200

    for decision, expected in (("confirmed", "open"), ("open", "confirmed")):
        answer = post_decision(room, flag["id"], {"decision": decision, "expected": expected})
        assert "dismissed this flag" in assert_problem(answer, 409)

    assert read_flag(room, flag["id"]).json() == room.flags().json()["flags"][0]
    assert read_flag(room, flag["id"]).json()["review"] == "dismissed"
    answer = post_decision(room, flag["id"], {"decision": "confirmed", "expected": "dismissed"})
    assert answer.json()["review"] == "confirmed"


def test_a_dismissed_flag_no_longer_counts_against_the_person(
    room: Exam, seat: Seat, judging: Judging
) -> None:
    flagged(judging, seat)
    [flag] = room.flags().json()["flags"]

    def count() -> int:
        people = room.client.get(f"/meetings/{room.id}/people", headers=bearer(room.admin_key)).json()[
            "people"
        ]
        return int(people[0]["flags"])

    assert count() == 1
    decide(room, flag["id"], "dismissed")
    assert count() == 0


def test_a_decision_changes_the_etag(room: Exam, seat: Seat, judging: Judging) -> None:
    flagged(judging, seat)
    first = room.flags()
    headers = bearer(room.admin_key) | {"If-None-Match": first.headers["ETag"]}
    address = f"/meetings/{room.id}/flags"
    assert room.client.get(address, headers=headers).status_code == 304

    decide(room, first.json()["flags"][0]["id"], "confirmed")
    assert room.client.get(address, headers=headers).status_code == 200


def test_nobody_decides_about_flags_of_others(room: Exam, seat: Seat, judging: Judging) -> None:
    flagged(judging, seat)
    flag_id = room.flags().json()["flags"][0]["id"]
    elsewhere = Exam.create(room.client)

    assert decide(elsewhere, flag_id, "dismissed") == 404
    assert decide(room, flag_id, "dismissed", key=elsewhere.admin_key) == 401
    assert decide(room, flag_id, "dismissed", key=seat.token) == 401
    assert room.flags().json()["flags"][0]["review"] == "open"


def test_bad_decisions_are_answered_clearly(room: Exam) -> None:
    for flag_id in ("0", "-1", "x", str(2**63)):
        assert decide(room, flag_id, "dismissed") == 422
    assert decide(room, 2**62, "dismissed") == 404
    assert_problem(read_flag(room, 2**62), 404)
    assert decide(room, 1, "shot at dawn") == 422


def test_the_list_by_participant_and_kind(room: Exam, judging: Judging) -> None:
    ada, bob = room.join("Ada"), room.join("Bob")
    for seat in (ada, bob, ada):
        flagged(judging, seat)

    assert len(room.flags(kind="multiple_faces").json()["flags"]) == 3
    page = room.flags(participant_id=ada.id, limit=1).json()
    assert [flag["participant_name"] for flag in page["flags"]] == ["Ada"]
    rest = room.flags(participant_id=ada.id, limit=1, after=page["next"]).json()
    assert [flag["participant_name"] for flag in rest["flags"]] == ["Ada"]
    assert rest["next"] is None
    assert_problem(room.flags(kind="too_many_feet"), 422)
    assert_problem(room.flags(participant_id="ada"), 422)


def test_the_list_by_review_state(room: Exam, seat: Seat, judging: Judging) -> None:
    for _ in range(3):
        flagged(judging, seat)
    newest, middle, oldest = (flag["id"] for flag in room.flags().json()["flags"])
    decide(room, newest, "dismissed")
    decide(room, middle, "confirmed")

    def listed(*states: str) -> list[int]:
        answer = room.client.get(
            f"/meetings/{room.id}/flags", params={"review": states}, headers=bearer(room.admin_key)
        )
        return [flag["id"] for flag in answer.json()["flags"]]

    assert listed("open", "confirmed") == [middle, oldest]
    assert listed("dismissed") == [newest]
    assert listed() == [newest, middle, oldest]
    assert_problem(room.flags(review="toggled"), 422)


def test_the_table_has_every_flag_and_no_link(room: Exam, judging: Judging) -> None:
    seat = room.join('=HYPERLINK("http://x";"click me"), 🎓')
    flagged(judging, seat)
    flagged(judging, seat)

    response = room.client.get(f"/meetings/{room.id}/flags.csv", headers=bearer(room.admin_key))
    assert response.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in response.headers["Content-Disposition"]
    assert response.content.startswith(b"\xef\xbb\xbfid,"), "Excel needs the mark to read UTF-8"
    rows = list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[0]["ts"] > rows[1]["ts"]
    assert rows[0]["participant_name"] == '\'=HYPERLINK("http://x";"click me"), 🎓'
    assert rows[0]["kind"] == "multiple_faces"
    assert len(rows[0]["scores"].split()) == 2
    assert "signature" not in response.text

    assert_problem(room.client.get(f"/meetings/{room.id}/flags.csv", headers=bearer(seat.token)), 401)


def test_the_export_says_who_decided_and_when(room: Exam, judging: Judging) -> None:
    for name in ("Ada", "Bob", "Cleo"):
        flagged(judging, room.join(name))
    _, middle, oldest = (flag["id"] for flag in room.flags().json()["flags"])
    for flag, decision in (
        (middle, "confirmed"),
        (oldest, "confirmed"),
        (oldest, "open"),
        (middle, "dismissed"),
    ):
        decide(room, flag, decision)

    text = room.client.get(f"/meetings/{room.id}/flags.csv", headers=bearer(room.admin_key)).text
    rows = {row["participant_name"]: row for row in csv.DictReader(StringIO(text))}

    [decided] = [
        entry["at"]
        for entry in room.client.get(f"/meetings/{room.id}/audit", headers=bearer(room.admin_key)).json()[
            "entries"
        ]
        if entry["action"] == "dismissed"
    ]
    assert [row["review"] for row in rows.values()] == ["open", "dismissed", "open"]
    assert [row["reviewer"] for row in rows.values()] == ["", "admin", ""]
    assert [row["decided_at"] for row in rows.values()][::2] == ["", ""]
    assert datetime.fromisoformat(rows["Bob"]["decided_at"]) == datetime.fromisoformat(decided)
