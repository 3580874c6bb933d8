"""What Prometheus reads."""

from uuid import UUID

import httpx
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine

from tests.room import ONE_FACE, TWO_FACES, Seat
from worker.judging import Judging


def samples(gateway: httpx.Client) -> dict[str, float]:
    text = gateway.get("/metrics").raise_for_status().text
    return {
        sample.name + "".join(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_what_waits_and_what_has_become_of_the_rest(
    gateway: httpx.Client,
    seat: Seat,
    judging: Judging,
    database: Engine,  # noqa: ARG001 - migrated first
) -> None:
    before = samples(gateway)
    waiting, flagged = seat.accepted(ONE_FACE), seat.accepted(TWO_FACES)
    judging.judge_frame(UUID(flagged))

    during = samples(gateway)
    assert during["proctor_frames_waiting"] == 1
    assert during["proctor_oldest_frame_seconds"] >= 0
    assert during["proctor_frames_accepted_total"] == 2
    assert during["proctor_jobs_ended_totaldone"] == 1
    assert during["proctor_evidence_pending"] == before["proctor_evidence_pending"] + 1

    judging.judge_frame(UUID(waiting))
    assert samples(gateway)["proctor_frames_waiting"] == 0
