"""Incidents as an admin sees them, and flags recorded at chosen times."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import Engine, select

from shared.db.flags import record_flag
from shared.db.tables import Flag
from shared.verdicts import FlagKind
from tests.support.exam import CandidateClient, Exam, bearer
from tests.support.samples import make_flag

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
Spans = list[tuple[str, float, float, int]]


class FlagRecorder:
    """Records flags of a candidate as workers do."""

    def __init__(self, database: Engine, candidate: CandidateClient) -> None:
        self._database = database
        self._candidate = candidate

    def __call__(
        self,
        seconds: float,
        kind: FlagKind = FlagKind.MULTIPLE_FACES,
        **changes: Any,  # noqa: ANN401
    ) -> int:
        """Record a flag so many seconds after the start; return its id."""
        flag = replace(
            make_flag(self._database, START + timedelta(seconds=seconds)),
            meeting_id=UUID(self._candidate.meeting_id),
            participant_id=UUID(self._candidate.id),
            kind=kind,
        )
        flag = replace(flag, **changes)
        record_flag(self._database, flag)
        with self._database.connect() as connection:
            return connection.scalars(select(Flag.id).where(Flag.job_id == flag.job_id)).one()


def get_incidents(exam: Exam, path: str = "", **params: str | int) -> Any:  # noqa: ANN401
    """Return the list, or one incident with `path`."""
    answer = exam.client.get(
        f"/meetings/{exam.id}/incidents{path}", params=params, headers=bearer(exam.admin_key)
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def spans(exam: Exam) -> Spans:
    """Return kind, first and last second, and number of flags of each incident, by time."""
    listed = [
        (one["kind"], *(seconds(one[end]) for end in ("started_at", "ended_at")), one["flags"])
        for one in get_incidents(exam, limit=200)["incidents"]
    ]
    return sorted(listed, key=lambda span: span[1])


def seconds(time: str) -> float:
    """Return the seconds since the start."""
    return (datetime.fromisoformat(time) - START).total_seconds()


def review_incident(
    exam: Exam, incident_id: int, decision: str = "confirmed", **fields: object
) -> httpx.Response:
    """Decide about an incident."""
    return exam.client.post(
        f"/meetings/{exam.id}/incidents/{incident_id}/review",
        json={"decision": decision} | fields,
        headers=bearer(exam.admin_key),
    )
