"""A meeting's own rules, and that judging a frame costs no query for them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID

import httpx
import pytest
from redis import Redis
from sqlalchemy import Engine as Database
from sqlalchemy.exc import OperationalError

from shared.db.connection import connect
from shared.rules import RuleOverrides, rules_key
from shared.settings import Settings
from tests.support.exam import TWO_FACES, Exam, assert_problem, bearer
from tests.support.jobs import judge_frame
from tests.support.samples import DEFAULT_RULES
from worker.frames.judging import Judging
from worker.frames.meeting_rules import MeetingRules
from worker.runtime.redis import connect_redis


def create(client: httpx.Client, **rules: float | None) -> Exam:
    response = client.post("/meetings", json={"title": "Algebra I", "rules": rules})
    assert response.status_code == 201, response.text
    return Exam(client, response.json()["data"]["id"], response.json()["admin_id"])


def change(exam: Exam, **rules: float | None) -> httpx.Response:
    return exam.client.patch(f"/meetings/{exam.id}/rules", json=rules, headers=bearer(exam.admin_key))


def rules_of(exam: Exam) -> dict[str, float]:
    return numbers(exam.client.get(f"/meetings/{exam.id}/rules", headers=bearer(exam.admin_key)))


def numbers(response: httpx.Response) -> dict[str, float]:
    """Return the rules in effect; check that the answer also has the defaults."""
    assert response.status_code == 200, response.text
    answer = response.json()
    assert answer.pop("usual") == DEFAULT_RULES.model_dump()
    return dict(answer)


def judge_two_faces(exam: Exam, judging: Judging) -> str:
    """Return the verdict on two faces in this meeting."""
    candidate = exam.join()
    job_id = candidate.submit_frame(TWO_FACES)
    judge_frame(judging, UUID(job_id))
    return str(candidate.get_job(job_id).json()["verdict"])


def test_meeting_without_overrides_has_the_defaults(exam: Exam) -> None:
    assert rules_of(exam) == DEFAULT_RULES.model_dump()


def test_two_faces_are_ok_where_two_are_allowed(gateway: httpx.Client, judging: Judging) -> None:
    assert judge_two_faces(create(gateway, faces_allowed=2), judging) == "ok"
    assert judge_two_faces(create(gateway, faces_allowed=None), judging) == "multiple_faces"


def test_meeting_thresholds_apply_and_are_recorded(gateway: httpx.Client, judging: Judging) -> None:
    strict, doubting = create(gateway, face_threshold=0.99), create(gateway, confirm_threshold=3)
    candidate = doubting.join()
    job_id = candidate.submit_frame(TWO_FACES)

    judge_frame(judging, UUID(job_id))

    assert judge_two_faces(strict, judging) == "ok"
    job = candidate.get_job(job_id).json()
    assert (job["verdict"], job["faces"]) == ("ok", 2)
    assert (
        job["findings"]["thresholds"]
        == RuleOverrides(confirm_threshold=3).merged_with(DEFAULT_RULES).model_dump()
    )
    assert job["next_frame_in_ms"] == 1_000
    assert len(job["findings"]["faces"]) == 2


def test_faces_below_the_threshold_are_kept_as_overlooked(gateway: httpx.Client, judging: Judging) -> None:
    candidate = create(gateway, face_threshold=0.99).join()
    job_id = candidate.submit_frame(TWO_FACES)

    judge_frame(judging, UUID(job_id))

    job = candidate.get_job(job_id).json()
    assert (job["faces"], job["findings"]["faces"]) == (0, [])
    assert len(job["findings"]["overlooked"]) == 2


def test_rules_can_change_during_an_exam(exam: Exam, judging: Judging) -> None:
    assert judge_two_faces(exam, judging) == "multiple_faces"

    changed = change(exam, faces_allowed=2, no_face_seconds=30)

    assert (
        numbers(changed)
        == rules_of(exam)
        == RuleOverrides(faces_allowed=2, no_face_seconds=30).merged_with(DEFAULT_RULES).model_dump()
    )
    assert judge_two_faces(exam, judging) == "ok"

    change(exam, faces_allowed=None)

    assert rules_of(exam) == RuleOverrides(no_face_seconds=30).merged_with(DEFAULT_RULES).model_dump()
    assert judge_two_faces(exam, judging) == "multiple_faces"


@pytest.mark.parametrize(
    ("rules", "where"),
    [
        ({"faces_allowed": 0}, "faces_allowed"),
        ({"face_threshold": 0.1}, "face_threshold"),
        ({"confirm_threshold": -5}, "confirm_threshold"),
        ({"suspicion_frames": 4}, "suspicion_frames"),
        ({"no_face_seconds": 0}, "no_face_seconds"),
        ({"faces_alowed": 2}, "faces_alowed"),
    ],
)
def test_invalid_rules_are_refused(exam: Exam, rules: dict[str, float], where: str) -> None:
    assert where in assert_problem(change(exam, **rules), 422)
    body = {"title": "Algebra I", "rules": rules}
    assert where in assert_problem(exam.client.post("/meetings", json=body), 422)
    assert rules_of(exam) == DEFAULT_RULES.model_dump()


def test_rules_are_read_from_postgres_once(exam: Exam, judging: Judging, settings: Settings) -> None:
    change(exam, faces_allowed=2)
    away = connect(
        Settings(**dict(settings) | {"database_url": "postgresql://127.0.0.1:1/nothing"}), pool_size=1
    )
    rules = MeetingRules(connect_redis(settings), away, settings.rules)

    assert judge_two_faces(exam, replace(judging, rules=rules, database=away)) == "ok"
    with pytest.raises(OperationalError):
        judge_two_faces(Exam.create(exam.client), replace(judging, rules=rules, database=away))


def test_concurrent_changes_leave_the_cache_consistent(
    exam: Exam, second_gateway: httpx.Client, database: Database, redis: Redis, settings: Settings
) -> None:
    elsewhere = replace(exam, client=second_gateway)
    worker = MeetingRules(connect_redis(settings), database, settings.rules)

    with ThreadPoolExecutor() as pool:
        for _ in range(80):
            changes = [
                pool.submit(change, gateway, faces_allowed=allowed)
                for gateway, allowed in ((exam, 2), (elsewhere, 3))
            ]
            fetched = pool.submit(worker.resolve, UUID(exam.id), None)
            assert [changed.result().status_code for changed in changes] == [200, 200]
            fetched.result()

            cached = redis.get(rules_key(UUID(exam.id)))
            assert isinstance(cached, bytes)
            assert worker.resolve(UUID(exam.id), cached).model_dump() == rules_of(exam)
