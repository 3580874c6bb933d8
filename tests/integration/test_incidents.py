"""Flags of one kind of one candidate at most 30 s apart are one incident, in any order."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, select, text, update

from shared.db.erasure import erase_participant
from shared.db.flags import record_flag
from shared.db.incident_list import find_incident
from shared.db.incidents import assign_incidents
from shared.db.tables import Flag, Incident
from shared.settings import StoreName
from shared.verdicts import FlagKind
from tests.support.exam import CandidateClient, Exam
from tests.support.incidents import START, FlagRecorder, Spans, get_incidents, spans
from tests.support.races import change_after
from tests.support.samples import make_findings, make_flag


def test_flags_at_most_30_seconds_apart_are_one_incident(exam: Exam, flag: FlagRecorder) -> None:
    for at in (0, 5, 35, 66):
        flag(at)
    flag(10, FlagKind.NO_FACE)

    assert spans(exam) == [
        ("multiple_faces", 0, 35, 3),
        ("no_face", 10, 10, 1),
        ("multiple_faces", 66, 66, 1),
    ]


def test_late_flag_merges_two_incidents(exam: Exam, flag: FlagRecorder) -> None:
    first, last = flag(0), flag(50)
    assert len(spans(exam)) == 2

    late = flag(25)

    assert spans(exam) == [("multiple_faces", 0, 50, 3)]
    [incident] = get_incidents(exam)["incidents"]
    flags = get_incidents(exam, f"/{incident['id']}")["all_flags"]
    assert [one["id"] for one in flags] == [first, late, last]
    assert {one["incident_id"] for one in exam.get_flags().json()["flags"]} == {incident["id"]}


def expected(times: Sequence[int]) -> Spans:
    islands: list[list[int]] = []
    for at in sorted(times):
        if islands and at - islands[-1][-1] <= 30:
            islands[-1].append(at)
        else:
            islands.append([at])
    return [("multiple_faces", island[0], island[-1], len(island)) for island in islands]


@pytest.mark.parametrize("seed", range(8))
def test_any_order_gives_the_same_incidents(exam: Exam, flag: FlagRecorder, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - not a secret
    times = [dice.randrange(400) for _ in range(14)]
    for at in times:
        flag(at)

    assert spans(exam) == expected(times)


def test_workers_at_the_same_time_build_one_incident(exam: Exam, flag: FlagRecorder) -> None:
    times = list(range(0, 600, 15))
    random.Random(7).shuffle(times)  # noqa: S311 - not a secret
    with ThreadPoolExecutor(6) as workers:
        list(workers.map(flag, times))

    assert spans(exam) == [("multiple_faces", 0, 585, 40)]


def test_frame_that_is_judged_again_counts_once(
    exam: Exam, candidate: CandidateClient, database: Engine
) -> None:
    template = make_flag(database, START)
    mine = replace(template, meeting_id=UUID(exam.id), participant_id=UUID(candidate.id))
    assert record_flag(database, mine) == record_flag(database, mine)

    assert spans(exam) == [("multiple_faces", 0, 0, 1)]


def test_candidates_have_their_own_incidents(exam: Exam, flag: FlagRecorder) -> None:
    flag(0)
    flag(1, participant_id=UUID(exam.join("Bob").id))

    assert [span[3] for span in spans(exam)] == [1, 1]


def test_flags_of_the_previous_release_are_assigned(exam: Exam, flag: FlagRecorder, database: Engine) -> None:
    for at in (0, 10, 20):
        flag(at)
    with database.begin() as connection:
        connection.execute(update(Flag).values(incident_id=None).where(Flag.meeting_id == UUID(exam.id)))
        connection.execute(delete(Incident).where(Incident.meeting_id == UUID(exam.id)))
    assert exam.get_flags().json()["flags"][0]["incident_id"] is None

    while assign_incidents(database, 2):
        pass

    assert spans(exam) == [("multiple_faces", 0, 20, 3)]


def test_strongest_flag_stands_for_the_incident(exam: Exam, flag: FlagRecorder) -> None:
    def findings(score: float) -> Any:  # noqa: ANN401
        sure, other = ({"dlib": dlib, "confirmed": True} for dlib in (2.5, score))
        found = make_findings(2)
        pairs = zip(found.faces, (sure, other), strict=True)
        faces = tuple(face.model_copy(update=changes) for face, changes in pairs)
        return found.model_copy(update={"faces": faces, "thresholds": {"faces_allowed": 1.0}})

    flag(0, findings=findings(-0.2))
    strong = flag(5, findings=findings(1.4))
    flag(10, findings=findings(0.3))

    [incident] = get_incidents(exam)["incidents"]
    assert incident["strongest"]["id"] == strong
    assert incident["strongest"]["thumbnail_url"]


def test_erasure_deletes_incidents(
    exam: Exam, candidate: CandidateClient, flag: FlagRecorder, database: Engine
) -> None:
    flag(0)
    exam.erase(candidate.id)

    assert get_incidents(exam)["incidents"] == []
    with database.connect() as connection:
        left = select(Incident.id).where(Incident.participant_id == UUID(candidate.id))
        assert connection.scalars(left).all() == []


def test_erasure_does_not_break_reading_an_incident(database: Engine) -> None:
    new = make_flag(database, START)
    record_flag(database, new)
    with database.connect() as connection:
        incident_id = connection.scalars(
            select(Incident.id).where(Incident.participant_id == new.participant_id)
        ).one()

    def erase() -> object:
        return erase_participant(database, new.meeting_id, new.participant_id, StoreName.LOCAL)

    with change_after(database, "FROM incidents", erase):
        found = find_incident(database, new.meeting_id, incident_id)

    assert found
    assert len(found[1]) == 1
    assert find_incident(database, new.meeting_id, incident_id) is None


def test_migration_builds_incidents_of_old_flags(exam: Exam, flag: FlagRecorder, database: Engine) -> None:
    migration = import_module("shared.db.migrations.versions.0014_incidents")
    for at in (0, 30, 61, 200):
        flag(at)
    before = spans(exam)
    with database.begin() as connection:
        connection.execute(update(Flag).values(incident_id=None))
        connection.execute(delete(Incident))
        for statement in (migration.BUILD_INCIDENTS, migration.INSERT_INCIDENTS, migration.ASSIGN_FLAGS):
            connection.execute(text(statement))

    assert spans(exam) == before == expected([0, 30, 61, 200])
    with database.connect() as connection:
        assert connection.scalars(select(Flag.id).where(Flag.incident_id.is_(None))).all() == []
