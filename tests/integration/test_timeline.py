"""The timeline in Postgres, and its two calls."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, text

from shared.db.interruptions import (
    MAX_REPORTED,
    Interruption,
    InterruptionType,
    Reporter,
    record_heartbeats,
    record_interruptions,
)
from shared.db.timeline import (
    Minute,
    delete_old_heartbeats,
    delete_old_interruptions,
    delete_old_minutes,
    load_record,
    write_minutes,
)
from shared.settings import Settings
from tests.support.exam import CandidateClient, Exam, assert_problem, bearer

NOW = datetime.now(UTC)
SHARD = "a shard"
THIS_MINUTE = int(NOW.timestamp()) // 60


def get_timeline(exam: Exam, participant_id: str, credentials: str) -> httpx.Response:
    path = f"/meetings/{exam.id}/participants/{participant_id}/timeline"
    return exam.client.get(path, headers=bearer(credentials))


def report(candidate: CandidateClient, *interruptions: dict[str, object]) -> httpx.Response:
    return candidate.client.post(
        f"/meetings/{candidate.meeting_id}/interruptions",
        json={"interruptions": interruptions},
        headers=bearer(candidate.token),
    )


def minutes_of(candidate: CandidateClient, states: str, *, frames: int = 12) -> list[Minute]:
    """Return a row for each letter of `states` but `-`, the last one five minutes ago."""
    first = THIS_MINUTE - 5 - len(states) + 1
    return [
        Minute(UUID(candidate.id), first + offset, state, frames, 1)
        for offset, state in enumerate(states)
        if state != "-"
    ]


def finish(candidate: CandidateClient, database: Engine) -> None:
    """Let the candidate finish after the last of `minutes_of`."""
    with database.begin() as connection:
        connection.execute(
            text("UPDATE participants SET finished_at = :finished WHERE id = :id"),
            {"finished": datetime.fromtimestamp((THIS_MINUTE - 4) * 60, UTC), "id": candidate.id},
        )


def test_staff_and_the_candidate_see_the_timeline(
    exam: Exam, candidate: CandidateClient, database: Engine, settings: Settings
) -> None:
    for beat in range(0, 900, 10):
        record_heartbeats(database, [settings.shards[0].name], NOW - timedelta(seconds=beat))
    write_minutes(database, minutes_of(candidate, "vvf---nv"))
    finish(candidate, database)
    since = (datetime.now(UTC) - NOW).total_seconds()
    times = {"started_seconds_ago": since + 601, "ended_seconds_ago": since}
    assert report(candidate, {"type": "camera_off", **times}).is_success

    answer = get_timeline(exam, candidate.id, exam.admin_key)

    assert answer.status_code == 200
    timeline = answer.json()
    assert timeline["states"] == "vvf---nv"
    assert timeline["frames"] == [12, 12, 12, 0, 0, 0, 12, 12]
    assert timeline["minutes_by_state"] == {
        "verified": 3,
        "flagged": 1,
        "face_hidden": 0,
        "nobody": 1,
        "dark": 0,
        "gap": 3,
        "finished": 0,
    }
    assert timeline["minutes_by_gap"]["camera_off"] == 3
    [gap] = timeline["gaps"]
    assert (gap["minutes"], gap["type"], gap["reported_by"]) == (3, "camera_off", "page")
    assert get_timeline(exam, candidate.id, candidate.token).json() == timeline


def test_minute_is_never_made_smaller(exam: Exam, candidate: CandidateClient, database: Engine) -> None:
    """As after a loss of Redis, or when its clock was set back."""
    write_minutes(database, minutes_of(candidate, "fv", frames=12))
    write_minutes(database, minutes_of(candidate, "vf", frames=3))

    record = load_record(database, UUID(exam.id), SHARD, UUID(candidate.id))

    assert record
    assert [(minute.state, minute.frames) for minute in record.minutes] == [("f", 12), ("f", 12)]


def test_minutes_of_unknown_people_are_left_out(
    exam: Exam, candidate: CandidateClient, database: Engine
) -> None:
    unknown = Minute(uuid4(), THIS_MINUTE, "v", 1, 1)

    write_minutes(database, [unknown, *minutes_of(candidate, "v")])

    record = load_record(database, UUID(exam.id), SHARD, UUID(candidate.id))
    assert record
    assert len(record.minutes) == 1


def test_interruption_is_recorded_once_in_any_order(
    exam: Exam, candidate: CandidateClient, database: Engine
) -> None:
    start = NOW - timedelta(minutes=9)
    ended, begun = (
        Interruption(UUID(candidate.id), InterruptionType.NETWORK, Reporter.SERVER, start, end)
        for end in (start + timedelta(minutes=2), None)
    )
    stranger = Interruption(uuid4(), InterruptionType.NETWORK, Reporter.SERVER, start, None)

    for order in ([begun], [ended, begun, stranger], [begun]):
        record_interruptions(database, order)

    record = load_record(database, UUID(exam.id), SHARD, UUID(candidate.id))
    assert record
    assert record.interruptions == [ended]


def test_heartbeats_of_a_minute_are_merged(exam: Exam, candidate: CandidateClient, database: Engine) -> None:
    minute = datetime.fromtimestamp(THIS_MINUTE * 60 + 60 * 24 * 60, UTC)
    for seconds in (5, 6, 0, 30, 59):
        record_heartbeats(database, [SHARD], minute + timedelta(seconds=seconds))
    write_minutes(database, minutes_of(candidate, "v"))

    record = load_record(database, UUID(exam.id), SHARD, UUID(candidate.id))

    assert record
    assert record.beats[int(minute.timestamp()) // 60] == 3
    with database.begin() as connection:
        connection.execute(text("DELETE FROM heartbeats WHERE minute > :now"), {"now": THIS_MINUTE})


def test_page_can_report_only_so_much(exam: Exam, candidate: CandidateClient, database: Engine) -> None:
    network = InterruptionType.NETWORK
    starts = (NOW - timedelta(hours=1, seconds=second) for second in range(MAX_REPORTED))
    record_interruptions(
        database, [Interruption(UUID(candidate.id), network, Reporter.PAGE, start, start) for start in starts]
    )

    answer = report(candidate, {"type": "network", "started_seconds_ago": 9, "ended_seconds_ago": 5})

    assert answer.status_code == 204
    record = load_record(database, UUID(exam.id), SHARD, UUID(candidate.id))
    assert record
    assert len(record.interruptions) == MAX_REPORTED


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "refused"},
        {"type": "server"},
        {"started_seconds_ago": -1},
        {"started_seconds_ago": 1e9},
        {"started_seconds_ago": "NaN"},
        {"ended_seconds_ago": 91},
    ],
)
def test_invalid_report_is_refused(candidate: CandidateClient, wrong: dict[str, object]) -> None:
    valid: dict[str, object] = {"type": "network", "started_seconds_ago": 90, "ended_seconds_ago": 0}

    assert report(candidate, valid).status_code == 204
    assert_problem(report(candidate, valid | wrong), 422)


def test_report_is_limited_in_number_and_rate(candidate: CandidateClient) -> None:
    one = {"type": "network", "started_seconds_ago": 90, "ended_seconds_ago": 0}

    assert_problem(report(candidate), 422)
    assert_problem(report(candidate, *[one] * 21), 422)
    # Two minutes of them, as the limit is per calendar minute.
    assert 429 in {report(candidate, one).status_code for _ in range(61)}


def test_unknown_and_other_peoples_timelines_are_not_found(exam: Exam, candidate: CandidateClient) -> None:
    elsewhere = Exam.create(exam.client)

    assert_problem(get_timeline(exam, str(uuid4()), exam.admin_key), 404)
    assert_problem(get_timeline(exam, elsewhere.join().id, exam.admin_key), 404)
    assert_problem(get_timeline(elsewhere, candidate.id, elsewhere.admin_key), 404)
    assert_problem(get_timeline(exam, exam.join("Bob").id, candidate.token), 404)
    assert_problem(get_timeline(exam, "Ada", exam.admin_key), 422)


def test_erased_candidate_has_no_timeline_and_reports_nothing(
    exam: Exam, candidate: CandidateClient, database: Engine
) -> None:
    write_minutes(database, minutes_of(candidate, "vv"))
    report(candidate, {"type": "network", "started_seconds_ago": 90, "ended_seconds_ago": 0})

    exam.erase(candidate.id)
    write_minutes(database, minutes_of(candidate, "vv"))

    assert_problem(get_timeline(exam, candidate.id, exam.admin_key), 404)
    assert_problem(
        report(candidate, {"type": "network", "started_seconds_ago": 90, "ended_seconds_ago": 0}), 404
    )
    with database.connect() as connection:
        for table in ("timeline", "interruptions"):
            query = text(f"SELECT count(*) FROM {table} WHERE participant_id = :id")  # noqa: S608
            assert connection.scalar(query, {"id": candidate.id}) == 0


def test_old_minutes_are_deleted(exam: Exam, candidate: CandidateClient, database: Engine) -> None:
    participant, network = UUID(candidate.id), InterruptionType.NETWORK
    long_ago = NOW - timedelta(days=200)
    old = Minute(participant, int(long_ago.timestamp()) // 60, "v", 1, 1)
    write_minutes(database, [old, *minutes_of(candidate, "v")])
    record_heartbeats(database, [SHARD], long_ago)
    record_interruptions(
        database,
        [
            Interruption(participant, network, Reporter.SERVER, start, None)
            for start in (long_ago, NOW - timedelta(days=1))
        ],
    )

    for delete_old in (delete_old_minutes, delete_old_interruptions, delete_old_heartbeats):
        delete_old(database, NOW, 183)

    record = load_record(database, UUID(exam.id), SHARD, participant)
    assert record
    assert [minute.minute for minute in record.minutes] == [THIS_MINUTE - 5]
    assert [item.started_at for item in record.interruptions] == [NOW - timedelta(days=1)]
    with database.connect() as connection:
        oldest = connection.scalar(text("SELECT min(minute) FROM heartbeats"))
        assert oldest is None or oldest > old.minute
