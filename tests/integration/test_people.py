"""What an invigilator sees of the people: states, thumbnails, coverage, and how fresh it all is."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import numpy as np
from PIL import Image
from redis import Redis

from shared.jobs.model import ClaimedFrame
from shared.presence.last_seen import (
    COVERAGE_MINUTES,
    FrameState,
    coverage_key,
    last_seen_key,
    record_last_seen,
)
from tests.support.exam import ONE_FACE, TWO_FACES, Exam, Seat, assert_problem, bearer
from worker.frames.judging import Judging


def people(room: Exam) -> dict[str, Any]:
    response = room.client.get(f"/meetings/{room.id}/people", headers=bearer(room.admin_key))
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def person(room: Exam, seat: Seat) -> dict[str, Any]:
    return next(one for one in people(room)["people"] if one["participant_id"] == seat.id)


def judged(judging: Judging, seat: Seat, picture: bytes, **more: bool) -> dict[str, Any]:
    response = seat.client.post("/detect_faces", json=seat.body(picture) | more, headers=bearer(seat.token))
    job_id = response.json()["job_id"]
    judging.judge_frame(UUID(job_id))
    body: dict[str, Any] = seat.job(job_id).json()
    return body


def black() -> bytes:
    picture = BytesIO()
    Image.new("RGB", (640, 480)).save(picture, "JPEG")
    return picture.getvalue()


def test_only_one_face_in_the_light_verifies_anybody(room: Exam, judging: Judging) -> None:
    alone, together, covered, absent = (room.join(name) for name in ("Ada", "Bob", "Cleo", "Dan"))
    judged(judging, alone, ONE_FACE)
    judged(judging, together, TWO_FACES)
    judged(judging, covered, black())

    states = {one["name"]: one["state"] for one in people(room)["people"]}
    assert list(states.items()) == [
        ("Bob", "flagged"),
        ("Cleo", "dark"),
        ("Dan", "offline"),
        ("Ada", "verified"),
    ]
    assert person(room, alone)["last_verified_at"] == person(room, alone)["last_frame_at"]
    assert person(room, together)["last_verified_at"] is None
    assert person(room, together)["flags"] == 1
    assert person(room, absent)["last_frame_at"] is None
    assert person(room, absent)["coverage"] == "-" * COVERAGE_MINUTES
    assert person(room, alone)["coverage"].rstrip("-").endswith("v")


def test_a_thumbnail_is_small_signed_and_gone_soon(
    room: Exam, seat: Seat, judging: Judging, redis: Redis
) -> None:
    judged(judging, seat, ONE_FACE)

    link = person(room, seat)["thumbnail_url"].partition("/thumbnails/")[2]
    response = room.client.get(f"/thumbnails/{link}")
    assert response.status_code == 200
    assert response.headers["Cache-Control"].startswith("private")
    with Image.open(BytesIO(response.content)) as thumbnail:
        assert max(thumbnail.size) <= 160
    assert 0 < redis.ttl(f"thumbnail:{seat.id}") <= 60

    other = room.join("Bob")
    judged(judging, other, ONE_FACE)
    signature = link.partition("signature=")[2].partition("&")[0]
    for stolen in (signature[:-1], signature[:-5] + "AAAAA", ""):
        assert_problem(room.client.get(f"/thumbnails/{seat.id}", params={"signature": stolen}), 401)
    assert_problem(room.client.get(f"/thumbnails/{other.id}", params={"signature": signature}), 401)
    assert_problem(room.client.get(f"/evidence/{seat.id}", params={"signature": signature}), 401)

    redis.delete(f"thumbnail:{seat.id}")
    assert_problem(room.client.get(f"/thumbnails/{link}"), 404)
    assert person(room, seat)["thumbnail_url"] is None


def test_an_older_frame_that_is_judged_late_hides_no_newer_one(
    room: Exam, seat: Seat, judging: Judging, redis: Redis
) -> None:
    first, second = seat.accepted(TWO_FACES), seat.accepted(ONE_FACE)
    judging.judge_frame(UUID(second))
    judging.judge_frame(UUID(first))

    assert person(room, seat)["state"] == "verified"
    assert person(room, seat)["faces"] == 1
    assert redis.hget(last_seen_key(UUID(seat.id)), "sight") == b"v"
    assert "f" in person(room, seat)["coverage"]  # yet the minute tells of the flag


def test_coverage_forgets_what_is_older_than_half_an_hour(seat: Seat, judging: Judging, redis: Redis) -> None:
    judging.jobs.claim(UUID(seat.accepted(ONE_FACE)))
    frame = judging.jobs.claim(UUID(seat.accepted(ONE_FACE)))
    assert isinstance(frame, ClaimedFrame)

    def note(minutes_ago: int, state: FrameState) -> None:
        taken_at = frame.taken_at - timedelta(minutes=minutes_ago)
        with redis.pipeline() as pipeline:
            record_last_seen(frame.participant_id, taken_at, state, 1, b"").queue(pipeline)
            pipeline.execute()

    for minutes_ago in range(40, -1, -1):
        note(minutes_ago, FrameState.NOBODY)
    note(3, FrameState.FLAGGED)
    note(3, FrameState.VERIFIED)

    coverage = redis.hgetall(coverage_key(frame.participant_id))
    assert len(coverage) == COVERAGE_MINUTES
    assert list(coverage.values()).count(b"f") == 1


def test_a_pre_check_goes_the_whole_way_and_leaves_nothing_behind(
    room: Exam, seat: Seat, judging: Judging, uploads: list[UUID]
) -> None:
    job = judged(judging, seat, TWO_FACES, precheck=True)

    assert job["verdict"] == "multiple_faces"
    assert len(job["findings"]["faces"]) == 2
    assert 0.2 < job["findings"]["brightness"] < 0.8
    assert room.flags().json()["flags"] == []
    assert uploads == []
    assert person(room, seat)["state"] == "offline"
    assert person(room, seat)["thumbnail_url"] is None


def test_brightness_is_that_of_the_picture(seat: Seat, judging: Judging) -> None:
    grey = BytesIO()
    Image.fromarray(np.full((480, 640, 3), 51, np.uint8)).save(grey, "PNG")

    assert judged(judging, seat, grey.getvalue())["findings"]["brightness"] == 0.2


def test_freshness_says_what_waits_and_when_a_verdict_last_came(
    room: Exam, seat: Seat, judging: Judging, redis: Redis
) -> None:
    assert people(room)["freshness"]["last_verdict_at"] is None

    job_id = seat.accepted(ONE_FACE)
    waiting = people(room)["freshness"]
    assert waiting["waiting"] == 1
    assert waiting["oldest_waiting_seconds"] >= 0
    assert waiting["keeping_up"]

    redis.zincrby("jobs:open", -60, job_id)  # as if it had been waiting for a minute more
    late = people(room)["freshness"]
    assert late["oldest_waiting_seconds"] >= 60
    assert not late["keeping_up"]

    judging.judge_frame(UUID(job_id))
    done = people(room)["freshness"]
    assert done["waiting"] == 0
    assert done["oldest_waiting_seconds"] is None
    assert done["last_verdict_at"] <= done["now"]


def test_leaving_is_shown_until_the_candidate_is_back(room: Exam, seat: Seat, judging: Judging) -> None:
    judged(judging, seat, ONE_FACE)

    response = seat.client.post(f"/meetings/{room.id}/leave", headers=bearer(seat.token))
    assert response.status_code == 204
    assert person(room, seat)["state"] == "left"

    judged(judging, seat, ONE_FACE)
    assert person(room, seat)["state"] == "verified"


def test_nobody_leaves_for_others(room: Exam, seat: Seat) -> None:
    elsewhere = Exam.create(room.client)

    assert_problem(seat.client.post(f"/meetings/{elsewhere.id}/leave", headers=bearer(seat.token)), 404)
    assert_problem(seat.client.post(f"/meetings/{room.id}/leave", headers=bearer(room.admin_key)), 404)
    assert_problem(seat.client.post(f"/meetings/{room.id}/leave"), 401)


def test_the_people_are_the_admins_alone_to_see(room: Exam, seat: Seat) -> None:
    elsewhere = Exam.create(room.client)
    address = f"/meetings/{room.id}/people"

    assert_problem(room.client.get(address), 401)
    assert_problem(room.client.get(address, headers=bearer(seat.token)), 401)
    assert_problem(room.client.get(address, headers=bearer(elsewhere.admin_key)), 401)


def test_anyone_with_the_link_is_told_what_is_recorded(room: Exam) -> None:
    about = room.client.get(f"/meetings/{room.id}").json()

    assert about["title"] == "Algebra I"
    assert about["frame_interval_ms"] == 5_000
    assert about["evidence_retention_days"] == 30
    assert about["evidence_store"] == "local"
    assert about["video"] == {"provider": "none"}
    assert "admin" not in str(about)
