"""The inbox: the worst incidents first, filtered, and what other reviewers have decided."""

from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, insert, select, text, update

from shared.db.incident_list import IncidentFilter, Order, Position, incident_page_query
from shared.db.tables import Incident, Review
from shared.verdicts import Findings, FlagKind
from tests.support.exam import CandidateClient, Exam, bearer
from tests.support.incidents import START, FlagRecorder, get_incidents, review_incident, seconds
from tests.support.samples import make_findings


def get_inbox(exam: Exam) -> dict[str, Any]:
    answer = exam.client.get(f"/meetings/{exam.id}/inbox", headers=bearer(exam.admin_key))
    assert answer.status_code == 200, answer.text
    inbox: dict[str, Any] = answer.json()
    return inbox


def scored(score: float) -> Findings:
    """Return findings with a second face of this score."""
    found = make_findings(2)
    faces = [
        face.model_copy(update={"dlib": dlib}) for face, dlib in zip(found.faces, (3.0, score), strict=True)
    ]
    return found.model_copy(update={"faces": tuple(faces)})


def test_strongest_score_is_the_worst(exam: Exam, flag: FlagRecorder) -> None:
    for at, score in ((0, 0.2), (100, 1.5), (200, 0.7)):
        flag(at, findings=scored(score))
    # A stronger frame makes its incident worse, a weaker one does not make it better.
    flag(5, findings=scored(0.9))
    flag(10, findings=scored(0.1))

    listed = get_incidents(exam, order="worst")["incidents"]

    assert [seconds(one["started_at"]) for one in listed] == [100, 0, 200]


def test_migration_orders_incidents_by_score(exam: Exam, flag: FlagRecorder, database: Engine) -> None:
    migration = import_module("shared.db.migrations.versions.0020_inbox")
    flag(0, findings=scored(0.2))
    flag(5, findings=scored(1.1))
    flag(100, FlagKind.NO_FACE)
    of_exam = select(Incident.severity).where(Incident.meeting_id == UUID(exam.id)).order_by(Incident.id)
    with database.begin() as connection:
        before = connection.scalars(of_exam).all()
        connection.execute(update(Incident).where(Incident.kind == "multiple_faces").values(severity=1))
        connection.execute(text(migration.BY_SCORE))

        assert connection.scalars(of_exam).all() == before


def test_inbox_counts_and_lists_what_happened_last(exam: Exam, flag: FlagRecorder) -> None:
    for at in (0, 100, 200):
        flag(at)
    first, second, third = (one["id"] for one in reversed(get_incidents(exam)["incidents"]))
    review_incident(exam, first, "dismissed", reviewer="Grace", reason="A poster.")
    review_incident(exam, third, "confirmed", reviewer="Alan")

    inbox = get_inbox(exam)

    assert [inbox[state] for state in ("open", "confirmed", "dismissed")] == [1, 1, 1]
    assert inbox["reviewers"] == ["Alan", "Grace"]
    assert [one["id"] for one in inbox["newest"]] == [third, second, first]
    assert [(one["id"], one["review"], one["reviewer"]) for one in inbox["reviewed"]] == [
        (third, "confirmed", "Alan"),
        (first, "dismissed", "Grace"),
    ]


def test_unchanged_inbox_is_304(exam: Exam, flag: FlagRecorder) -> None:
    flag(0)
    path, headers = f"/meetings/{exam.id}/inbox", bearer(exam.admin_key)
    headers |= {"If-None-Match": exam.client.get(path, headers=headers).headers["ETag"]}

    assert exam.client.get(path, headers=headers).status_code == 304
    [incident] = get_incidents(exam)["incidents"]
    review_incident(exam, incident["id"])
    assert exam.client.get(path, headers=headers).status_code == 200


def test_list_is_filtered_by_name_and_reviewer(exam: Exam, flag: FlagRecorder, database: Engine) -> None:
    flag(0)
    FlagRecorder(database, exam.join("Zo\u00eb 100%"))(1)
    of_zoe, of_ada = (one["id"] for one in get_incidents(exam)["incidents"])
    review_incident(exam, of_ada, reviewer="Grace")

    def ids(**filters: str) -> list[int]:
        return [one["id"] for one in get_incidents(exam, **filters)["incidents"]]

    assert ids(name="zO\u00cb") == [of_zoe]
    # No wildcards, and any spelling of a letter.
    assert ids(name="0%") == [of_zoe]
    assert ids(name="%a") == []
    assert ids(name="Zoe\u0308") == [of_zoe]
    assert ids(reviewer="Grace") == [of_ada]
    assert ids(reviewer="Alan") == []


def test_long_incident_is_one_with_five_pictures(exam: Exam, flag: FlagRecorder) -> None:
    for number in range(300):
        flag(number, findings=scored(1.0 if number in {7, 100, 250} else 0.1))
        if number % 100 == 0:
            assert len(get_inbox(exam)["newest"]) == 1

    [incident] = get_inbox(exam)["newest"]
    pictures = get_incidents(exam, f"/{incident['id']}", only_pictures="true")["all_flags"]
    assert [seconds(one["ts"]) for one in pictures] == [0, 7, 100, 250, 299]
    assert all(one["img_url"] for one in pictures)


def test_flag_reviewed_alone_names_no_reviewer(exam: Exam, flag: FlagRecorder) -> None:
    flag_id = flag(0)
    [incident] = get_incidents(exam)["incidents"]
    review_incident(exam, incident["id"], "confirmed", reviewer="Grace", reason="They talk.")

    path = f"/meetings/{exam.id}/flags/{flag_id}/review"
    exam.client.post(path, json={"decision": "dismissed"}, headers=bearer(exam.admin_key))

    [changed] = get_incidents(exam)["incidents"]
    assert (changed["review"], changed["reviewer"], changed["reason"]) == ("dismissed", None, None)


@pytest.mark.parametrize("after", [None, (310_000, 2**40)])
@pytest.mark.parametrize("reviews", [None, [Review.OPEN]])
def test_worst_page_is_one_index_range(
    exam: Exam,
    candidate: CandidateClient,
    database: Engine,
    after: Position | None,
    reviews: list[Review] | None,
) -> None:
    row = {"meeting_id": UUID(exam.id), "participant_id": UUID(candidate.id), "kind": "multiple_faces"}
    span = {"started_at": START, "ended_at": START, "flags": 1}
    rows = [row | span | {"severity": 300_000 + number} for number in range(20_000)]
    with database.begin() as connection:
        connection.execute(insert(Incident), rows)
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE incidents, participants"))

    page = incident_page_query(UUID(exam.id), Order.WORST, after, 51, IncidentFilter(reviews=reviews))
    query = page.compile(dialect=database.dialect, compile_kwargs={"literal_binds": True})
    with database.connect() as connection:
        plan = "\n".join(connection.scalars(text(f"EXPLAIN {str(query).replace(':', chr(92) + ':')}")))

    assert f"Index Scan using {'ix_incidents_inbox' if reviews else 'ix_incidents_worst'}" in plan
    assert "Sort" not in plan
    assert "Seq Scan on incidents" not in plan
