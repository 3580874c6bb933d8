"""The people list: states, thumbnails, coverage and freshness."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, cast
from uuid import UUID

import numpy as np
from PIL import Image
from redis import Redis

from shared.presence.last_seen import COVERAGE_MINUTES, FrameState, parse_last_seen, presence_key
from tests.support.exam import ONE_FACE, TWO_FACES, CandidateClient, Exam, assert_problem, bearer
from tests.support.jobs import judge_frame, record_frame
from worker.frames.judging import Judging
from worker.runtime.jobs import Jobs


def people(exam: Exam) -> dict[str, Any]:
    response = exam.client.get(f"/meetings/{exam.id}/people", headers=bearer(exam.admin_key))
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def person(exam: Exam, candidate: CandidateClient) -> dict[str, Any]:
    return next(one for one in people(exam)["people"] if one["participant_id"] == candidate.id)


def judge(judging: Judging, candidate: CandidateClient, picture: bytes, **more: bool) -> dict[str, Any]:
    response = candidate.client.post(
        "/detect_faces", json=candidate.frame_body(picture) | more, headers=bearer(candidate.token)
    )
    job_id = response.json()["job_id"]
    judge_frame(judging, UUID(job_id))
    body: dict[str, Any] = candidate.get_job(job_id).json()
    return body


def black() -> bytes:
    picture = BytesIO()
    Image.new("RGB", (640, 480)).save(picture, "JPEG")
    return picture.getvalue()


def test_only_one_visible_face_verifies_a_person(exam: Exam, judging: Judging) -> None:
    alone, together, covered, absent = (exam.join(name) for name in ("Ada", "Bob", "Cleo", "Dan"))
    judge(judging, alone, ONE_FACE)
    judge(judging, together, TWO_FACES)
    judge(judging, covered, black())

    states = {one["name"]: one["state"] for one in people(exam)["people"]}
    assert list(states.items()) == [
        ("Bob", "flagged"),
        ("Cleo", "dark"),
        ("Dan", "offline"),
        ("Ada", "verified"),
    ]
    assert person(exam, alone)["last_verified_at"] == person(exam, alone)["last_frame_at"]
    assert person(exam, together)["last_verified_at"] is None
    assert person(exam, together)["flags"] == person(exam, together)["open_incidents"] == 1
    assert person(exam, absent)["last_frame_at"] is None
    assert person(exam, absent)["coverage"] == "-" * COVERAGE_MINUTES
    assert person(exam, alone)["coverage"].rstrip("-").endswith("v")


def test_thumbnail_is_small_signed_and_short_lived(
    exam: Exam, candidate: CandidateClient, judging: Judging, redis: Redis
) -> None:
    judge(judging, candidate, ONE_FACE)

    link = person(exam, candidate)["thumbnail_url"].partition("/thumbnails/")[2]
    response = exam.client.get(f"/thumbnails/{link}")
    assert response.status_code == 200
    assert response.headers["Cache-Control"].startswith("private")
    with Image.open(BytesIO(response.content)) as thumbnail:
        assert max(thumbnail.size) <= 160
    assert 0 < redis.ttl(f"thumbnail:{candidate.id}") <= 60

    other = exam.join("Bob")
    judge(judging, other, ONE_FACE)
    signature = link.partition("signature=")[2].partition("&")[0]
    for stolen in (signature[:-1], signature[:-5] + "AAAAA", ""):
        assert_problem(exam.client.get(f"/thumbnails/{candidate.id}", params={"signature": stolen}), 401)
    assert_problem(exam.client.get(f"/thumbnails/{other.id}", params={"signature": signature}), 401)
    assert_problem(exam.client.get(f"/evidence/{candidate.id}", params={"signature": signature}), 401)

    redis.delete(f"thumbnail:{candidate.id}")
    assert_problem(exam.client.get(f"/thumbnails/{link}"), 404)
    assert person(exam, candidate)["thumbnail_url"] is None


def test_older_frame_judged_late_hides_no_newer_one(
    exam: Exam, candidate: CandidateClient, judging: Judging
) -> None:
    first, second = candidate.submit_frame(TWO_FACES), candidate.submit_frame(ONE_FACE)
    judge_frame(judging, UUID(second))
    judge_frame(judging, UUID(first))

    assert person(exam, candidate)["state"] == "verified"
    assert person(exam, candidate)["faces"] == 1
    assert "f" in person(exam, candidate)["coverage"]  # but the minute keeps the flag


def test_coverage_spans_half_an_hour(candidate: CandidateClient, jobs: Jobs, redis: Redis) -> None:
    participant, now = UUID(candidate.id), datetime.now(UTC)

    def note(minutes_ago: int, state: FrameState) -> None:
        record_frame(redis, jobs, participant, now - timedelta(minutes=minutes_ago), state)

    for minutes_ago in range(40, -1, -1):
        note(minutes_ago, FrameState.NOBODY)
    note(3, FrameState.FLAGGED)
    note(3, FrameState.VERIFIED)

    seen = parse_last_seen(cast("bytes", redis.get(presence_key(participant))))
    assert seen is not None
    assert seen.coverage_until(now) == "n" * 26 + "fnnn"
    assert seen.coverage_until(now + timedelta(minutes=2)) == "n" * 24 + "fnnn--"
    assert seen.coverage_until(now + timedelta(minutes=100)) == "-" * COVERAGE_MINUTES


def test_precheck_gets_a_verdict_and_records_nothing(
    exam: Exam, candidate: CandidateClient, judging: Judging, uploads: list[UUID]
) -> None:
    job = judge(judging, candidate, TWO_FACES, precheck=True)

    assert job["verdict"] == "multiple_faces"
    assert len(job["findings"]["faces"]) == 2
    assert 0.2 < job["findings"]["brightness"] < 0.8
    assert exam.get_flags().json()["flags"] == []
    assert uploads == []
    assert person(exam, candidate)["state"] == "offline"
    assert person(exam, candidate)["thumbnail_url"] is None


def test_brightness_is_measured(candidate: CandidateClient, judging: Judging) -> None:
    grey = BytesIO()
    Image.fromarray(np.full((480, 640, 3), 51, np.uint8)).save(grey, "PNG")

    assert judge(judging, candidate, grey.getvalue())["findings"]["brightness"] == 0.2


def test_freshness_reports_queue_and_last_verdict(
    exam: Exam, candidate: CandidateClient, judging: Judging, redis: Redis
) -> None:
    assert people(exam)["freshness"]["last_verdict_at"] is None

    job_id = candidate.submit_frame(ONE_FACE)
    waiting = people(exam)["freshness"]
    assert waiting["waiting"] == 1
    assert waiting["oldest_waiting_seconds"] >= 0
    assert waiting["keeping_up"]

    redis.zincrby("jobs:open", -60, job_id)  # as if it had waited a minute longer
    late = people(exam)["freshness"]
    assert late["oldest_waiting_seconds"] >= 60
    assert not late["keeping_up"]

    judge_frame(judging, UUID(job_id))
    done = people(exam)["freshness"]
    assert done["waiting"] == 0
    assert done["oldest_waiting_seconds"] is None
    assert done["last_verdict_at"] <= done["now"]


def test_left_state_lasts_until_the_next_frame(
    exam: Exam, candidate: CandidateClient, judging: Judging
) -> None:
    judge(judging, candidate, ONE_FACE)

    response = candidate.client.post(f"/meetings/{exam.id}/leave", headers=bearer(candidate.token))
    assert response.status_code == 204
    assert person(exam, candidate)["state"] == "left"

    judge(judging, candidate, ONE_FACE)
    assert person(exam, candidate)["state"] == "verified"


def test_nobody_can_leave_for_another(exam: Exam, candidate: CandidateClient) -> None:
    elsewhere = Exam.create(exam.client)

    assert_problem(
        candidate.client.post(f"/meetings/{elsewhere.id}/leave", headers=bearer(candidate.token)), 404
    )
    assert_problem(candidate.client.post(f"/meetings/{exam.id}/leave", headers=bearer(exam.admin_key)), 404)
    assert_problem(candidate.client.post(f"/meetings/{exam.id}/leave"), 401)


def test_people_list_is_for_the_admin_only(exam: Exam, candidate: CandidateClient) -> None:
    elsewhere = Exam.create(exam.client)
    address = f"/meetings/{exam.id}/people"

    assert_problem(exam.client.get(address), 401)
    assert_problem(exam.client.get(address, headers=bearer(candidate.token)), 401)
    assert_problem(exam.client.get(address, headers=bearer(elsewhere.admin_key)), 401)


def test_meeting_info_tells_what_is_recorded(exam: Exam) -> None:
    about = exam.client.get(f"/meetings/{exam.id}").json()

    assert about["title"] == "Algebra I"
    assert about["frame_interval_ms"] == 5_000
    assert about["evidence_retention_days"] == 30
    assert about["evidence_store"] == "local"
    assert about["video"] == {"provider": "none"}
    assert "admin" not in str(about)


def test_candidates_are_numbered_as_they_join(exam: Exam) -> None:
    first, second = exam.join("Ada"), exam.join("Ada")
    assert [person(exam, one)["number"] for one in (first, second)] == [1, 2]

    exam.erase(second.id)

    assert person(exam, exam.join("Ada"))["number"] == 3
    assert person(exam, first)["number"] == 1
