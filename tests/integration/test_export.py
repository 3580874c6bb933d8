"""The export of a person's data."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import Engine

from shared.db.flags import record_flag
from shared.db.interruptions import Interruption, InterruptionType, Reporter, record_interruptions
from shared.db.personal_data import load_personal_data
from shared.db.timeline import Minute, write_minutes
from tests.support.exam import TWO_FACES, CandidateClient, Exam, bearer
from tests.support.jobs import judge_frame
from tests.support.races import change_after
from tests.support.samples import make_flag
from worker.frames.judging import Judging

NAME = "Zebulon Quux"


def test_export_has_all_personal_data(
    exam: Exam,
    flagged: Callable[[CandidateClient], UUID],
    judging: Judging,
    uploads: list[UUID],
    database: Engine,
) -> None:
    candidate = exam.join(NAME)
    stored = flagged(candidate)
    judge_frame(judging, UUID(candidate.submit_frame(TWO_FACES)))  # its evidence stays pending
    exam.send_message("Please look at your screen.", candidate)
    minute = Minute(UUID(candidate.id), 29_000_000, "f", 12, 2)
    write_minutes(database, [minute])
    start = datetime.now(UTC)
    record_interruptions(
        database,
        [Interruption(UUID(candidate.id), InterruptionType.NETWORK, Reporter.SERVER, start, None)],
    )
    exam.join("Bob")

    answer = exam.client.get(
        f"/meetings/{exam.id}/participants/{candidate.id}/export", headers=bearer(exam.admin_key)
    )

    assert answer.headers["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    data = json.loads(archive.read("data.json"))
    assert data["participant"]["name"] == NAME
    assert [flag["kind"] for flag in data["flags"]] == ["multiple_faces"] * 2
    assert data["flags"][0]["evidence"]["status"] == "stored"
    assert data["flags"][0]["findings"]["faces"]
    assert [message["text"] for message in data["messages"]] == ["Please look at your screen."]
    assert data["seen"]["faces"] == 2
    assert [(row["minute"], row["state"], row["faces"]) for row in data["timeline"]] == [
        (minute.minute, "f", 2)
    ]
    assert [row["type"] for row in data["interruptions"]] == ["network"]
    assert "Bob" not in archive.read("data.json").decode()
    names = {f"pictures/{evidence_id}.jpg" for evidence_id in (stored, uploads[-1])}
    thumbnails = {f"thumbnails/{evidence_id}.jpg" for evidence_id in (stored, uploads[-1])}
    assert set(archive.namelist()) == {"data.json", *names, *thumbnails}
    assert {archive.read(name) for name in names} == {TWO_FACES}


def test_flag_during_the_export_does_not_break_it(database: Engine) -> None:
    flag = make_flag(database, datetime.now(UTC))
    record_flag(database, flag)
    another = replace(flag, job_id=uuid4())

    with change_after(database, "FROM evidence", lambda: record_flag(database, another)):
        data = load_personal_data(database, flag.meeting_id, flag.participant_id)

    assert data
    assert len(data.flags) == len(data.pictures) == 1
