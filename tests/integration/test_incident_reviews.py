"""Incidents are listed, filtered and reviewed as one thing."""

import csv
from uuid import uuid4

import httpx

from shared.verdicts import FlagKind
from tests.support.exam import Exam, assert_problem, bearer
from tests.support.incidents import FlagRecorder, get_incidents, review_incident, seconds


def test_review_decides_all_flags_and_reopens_with_a_new_one(exam: Exam, flag: FlagRecorder) -> None:
    flag(0)
    flag(5)
    [incident] = get_incidents(exam)["incidents"]

    answer = review_incident(exam, incident["id"], reason="Two people talk.", reviewer="Grace").json()
    assert (answer["review"], answer["reason"], answer["reviewer"]) == (
        "confirmed",
        "Two people talk.",
        "Grace",
    )
    assert answer["reviewed_at"]
    assert {one["review"] for one in answer["all_flags"]} == {"confirmed"}
    [entry] = [one for one in exam.get_audit_log() if one["what"] == f"incident {incident['id']}"]
    assert (entry["before"]["review"], entry["after"]["review"]) == ("open", "confirmed")
    assert "Grace" not in str(entry)

    flag(10)
    [reopened] = get_incidents(exam)["incidents"]
    assert reopened["review"] == "open"
    assert sorted(one["review"] for one in get_incidents(exam, f"/{reopened['id']}")["all_flags"]) == [
        "confirmed",
        "confirmed",
        "open",
    ]


def test_repeated_review_is_audited_once(exam: Exam, flag: FlagRecorder) -> None:
    flag(0)
    [incident] = get_incidents(exam)["incidents"]

    for _ in range(2):
        assert review_incident(exam, incident["id"], "dismissed").status_code == 200

    assert [one["action"] for one in exam.get_audit_log()].count("dismissed") == 1


def test_review_on_an_outdated_state_is_a_conflict(exam: Exam, flag: FlagRecorder) -> None:
    flag(0)
    [incident] = get_incidents(exam)["incidents"]
    review_incident(exam, incident["id"], "confirmed", expected="open")

    problem = assert_problem(review_incident(exam, incident["id"], "dismissed", expected="open"), 409)
    assert problem == "another invigilator has confirmed this incident; check it again, then decide"
    assert review_incident(exam, incident["id"], "confirmed", expected="open").status_code == 200


def test_second_reviewer_learns_who_was_first(exam: Exam, flag: FlagRecorder) -> None:
    flag(0)
    [incident] = get_incidents(exam)["incidents"]
    first = {"expected": "open", "reason": "They talk.", "reviewer": "Grace"}
    assert review_incident(exam, incident["id"], "confirmed", **first).status_code == 200

    second = review_incident(exam, incident["id"], "dismissed", expected="open", reviewer="Alan")
    assert assert_problem(second, 409) == "Grace has confirmed this incident; check it again, then decide"
    # Their reason would be lost.
    other = review_incident(exam, incident["id"], expected="open", reason="A phone.", reviewer="Alan")
    assert_problem(other, 409)
    same = review_incident(exam, incident["id"], expected="open", reviewer="Alan").json()
    assert (same["reviewer"], same["reason"]) == ("Grace", "They talk.")


def test_reviewing_flags_one_by_one_decides_the_incident(exam: Exam, flag: FlagRecorder) -> None:
    for flag_id, decision, state in ((flag(0), "dismissed", "open"), (flag(5), "confirmed", "confirmed")):
        if state == "open":
            flag(2)
        answer = exam.client.post(
            f"/meetings/{exam.id}/flags/{flag_id}/review",
            json={"decision": decision},
            headers=bearer(exam.admin_key),
        )
        assert answer.status_code == 200
    [incident] = get_incidents(exam)["incidents"]
    assert incident["review"] == "open"
    [left] = [one for one in exam.get_flags().json()["flags"] if one["review"] == "open"]
    exam.client.post(
        f"/meetings/{exam.id}/flags/{left['id']}/review",
        json={"decision": "dismissed"},
        headers=bearer(exam.admin_key),
    )

    assert get_incidents(exam)["incidents"][0]["review"] == "confirmed"


def test_csv_shows_the_decision_about_the_incident(exam: Exam, flag: FlagRecorder) -> None:
    flag(0)
    [incident] = get_incidents(exam)["incidents"]
    review_incident(exam, incident["id"], "confirmed")

    answer = exam.client.get(f"/meetings/{exam.id}/flags.csv", headers=bearer(exam.admin_key))
    lines = answer.text.removeprefix("\ufeff").splitlines()
    [row] = csv.DictReader(lines)
    assert (row["review"], row["reviewer"]) == ("confirmed", "admin")
    assert row["decided_at"]


def test_list_is_filtered_and_paged_in_both_orders(exam: Exam, flag: FlagRecorder) -> None:
    flag(0, FlagKind.TECHNICAL)
    flag(100, FlagKind.NO_FACE)
    flag(200)
    flag(300)
    flag(320)
    newest = [one["id"] for one in get_incidents(exam)["incidents"]]
    worst = [
        (one["kind"], seconds(one["started_at"])) for one in get_incidents(exam, order="worst")["incidents"]
    ]

    assert worst == [
        ("multiple_faces", 300),
        ("multiple_faces", 200),
        ("no_face", 100),
        ("technical", 0),
    ]
    for order in ("newest", "worst"):
        listed, after = [], None
        while True:
            page = get_incidents(exam, order=order, limit=1, **({"after": after} if after else {}))
            listed += [one["id"] for one in page["incidents"]]
            after = page["next"]
            if after is None:
                break
        assert listed == [one["id"] for one in get_incidents(exam, order=order)["incidents"]]
    review_incident(exam, newest[0], "dismissed")
    assert [one["id"] for one in get_incidents(exam, review="open")["incidents"]] == newest[1:]
    assert [one["kind"] for one in get_incidents(exam, kind="no_face")["incidents"]] == ["no_face"]
    assert get_incidents(exam, participant_id=str(uuid4()))["incidents"] == []


def test_unchanged_list_is_304(exam: Exam, flag: FlagRecorder) -> None:
    flag(0)
    path, headers = f"/meetings/{exam.id}/incidents", bearer(exam.admin_key)
    first = exam.client.get(path, headers=headers)
    headers |= {"If-None-Match": first.headers["ETag"]}

    assert exam.client.get(path, headers=headers).status_code == 304
    flag(5)
    assert exam.client.get(path, headers=headers).status_code == 200


def test_bad_input_is_refused(exam: Exam, flag: FlagRecorder, gateway: httpx.Client) -> None:
    flag(0)
    [incident] = get_incidents(exam)["incidents"]
    other = Exam.create(gateway)
    key = bearer(exam.admin_key)

    assert_problem(review_incident(other, incident["id"]), 404)
    assert_problem(review_incident(exam, incident["id"] + 1_000_000), 404)
    assert_problem(review_incident(exam, incident["id"], "guilty"), 422)
    assert_problem(review_incident(exam, incident["id"], reason="x" * 10_000), 422)
    for params in ({"after": "nonsense"}, {"order": "best"}, {"limit": 0}):
        assert_problem(exam.client.get(f"/meetings/{exam.id}/incidents", params=params, headers=key), 422)
    flag(100)
    page = get_incidents(exam, limit=1)
    crossed = {"after": page["next"], "order": "worst"}
    assert_problem(exam.client.get(f"/meetings/{exam.id}/incidents", params=crossed, headers=key), 422)
