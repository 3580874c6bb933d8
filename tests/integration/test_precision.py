"""The precision of reviewed incidents, by kind and version of the detectors."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, update

from shared.db.tables import Incident
from shared.verdicts import FlagKind
from tests.support.exam import Exam, bearer
from tests.support.incidents import FlagRecorder, get_incidents, review_incident
from tests.support.samples import make_findings
from tests.support.scrape import scrape
from tests.support.waiting import wait_until


def precision(exam: Exam) -> list[dict[str, Any]]:
    answer = exam.client.get(f"/meetings/{exam.id}/precision", headers=bearer(exam.admin_key))
    assert answer.status_code == 200, answer.text
    kinds: list[dict[str, Any]] = answer.json()["kinds"]
    return kinds


def decide(exam: Exam, *decisions: str) -> None:
    """Review the incidents with these decisions, the first incident first."""
    incidents = reversed(get_incidents(exam, limit=200)["incidents"])
    for incident, decision in zip(incidents, decisions, strict=False):
        assert review_incident(exam, incident["id"], decision).status_code == 200


def test_nothing_decided_has_no_precision(exam: Exam, flag: FlagRecorder) -> None:
    assert precision(exam) == []
    flag(0)

    [kind] = precision(exam)
    assert (kind["confirmed"], kind["decided"]) == (0, 0)
    assert (kind["precision"], kind["low"], kind["high"]) == (None, None, None)


def test_precision_counts_incidents_not_flags(exam: Exam, flag: FlagRecorder) -> None:
    for at in (*range(0, 50, 5), 100, 200, 300):
        flag(at)
    decide(exam, "confirmed", "confirmed", "dismissed")

    [kind] = precision(exam)
    assert (kind["kind"], kind["confirmed"], kind["decided"]) == ("multiple_faces", 2, 3)
    assert kind["precision"] == pytest.approx(2 / 3)
    # Wilson's interval of 2 of 3.
    assert (kind["low"], kind["high"]) == (pytest.approx(0.208, abs=0.001), pytest.approx(0.939, abs=0.001))


def test_versions_and_kinds_are_separate(exam: Exam, flag: FlagRecorder) -> None:
    newer = make_findings(2).model_copy(update={"version": "2"})
    flag(0)
    flag(100, findings=newer)
    flag(200, FlagKind.NO_FACE)
    decide(exam, "dismissed", "confirmed", "confirmed")

    multiple, nobody = precision(exam)
    assert [(v["version"], v["confirmed"], v["decided"]) for v in multiple["versions"]] == [
        ("1", 0, 1),
        ("2", 1, 1),
    ]
    assert (multiple["confirmed"], multiple["decided"]) == (1, 2)
    assert (nobody["kind"], nobody["precision"]) == ("no_face", 1.0)


def test_operators_get_all_meetings(exam: Exam, flag: FlagRecorder, gateway: httpx.Client) -> None:
    def decided() -> int:
        return sum(kind["decided"] for kind in gateway.get("/precision").json()["kinds"])

    flag(0)
    before = decided()
    decide(exam, "confirmed")

    assert decided() == before + 1


def test_metrics_count_decided_incidents(
    exam: Exam, flag: FlagRecorder, gateway: httpx.Client, database: Engine
) -> None:
    version = f"version of {exam.id}"
    flag(0)
    flag(100)
    decide(exam, "confirmed", "dismissed")
    with database.begin() as connection:
        connection.execute(
            update(Incident).where(Incident.meeting_id == UUID(exam.id)).values(version=version)
        )

    name = f'proctor_incidents_decided{{kind="multiple_faces",review="%s",version="{version}"}}'

    def counts() -> list[float]:
        metrics = scrape(str(gateway.base_url.join("/metrics")))
        return [metrics.get(name % state, 0) for state in ("confirmed", "dismissed")]

    wait_until(lambda: counts() == [1, 1], "the metric has the new version", 60)
