"""Which reason counts for a gap in a timeline, and when an exam ends."""

from datetime import UTC, datetime
from uuid import UUID

from api.participants.timeline import GapType, find_gaps, find_last_minute
from api.participants.timeline_routes import build_timeline
from shared.db.interruptions import Interruption, InterruptionType, Reporter
from shared.db.timeline import STATES, Minute, Record
from shared.presence.last_seen import FrameState

ADA = UUID(int=1)
START = 29_000_000
"""The minute in which the exam starts."""
NETWORK, CLOSED, CAMERA = InterruptionType.NETWORK, InterruptionType.PAGE_CLOSED, InterruptionType.CAMERA_OFF
REFUSED = InterruptionType.REFUSED
SERVER, PAGE, STAFF = Reporter.SERVER, Reporter.PAGE, Reporter.STAFF


def at(minute: float) -> datetime:
    """Return the time so many minutes after the start of the exam."""
    return datetime.fromtimestamp((START + minute) * 60, UTC)


def interruption(kind: InterruptionType, by: Reporter, start: float, end: float | None) -> Interruption:
    return Interruption(ADA, kind, by, at(start), None if end is None else at(end))


def record(
    present: list[int],
    *interruptions: Interruption,
    down: tuple[int, ...] = (),
    finished_at: datetime | None = None,
    newest: int | None = None,
    first_beat: int | None = START,
) -> Record:
    """Return the record of an exam with frames in the minutes `present` after its start."""
    return Record(
        minutes=[Minute(ADA, START + minute, "v", 12, 1) for minute in present],
        interruptions=list(interruptions),
        beats={START + minute: 6 for minute in range(200) if minute not in down},
        first_beat=first_beat,
        finished_at=finished_at,
        newest_in_meeting=START + (present[-1] if newest is None else newest),
    )


def gaps(of: Record) -> list[tuple[int, int, GapType, Reporter | None]]:
    found = find_gaps(of, of.minutes[-1].minute)
    return [(gap.start - START, gap.minutes, gap.type, gap.reported_by) for gap in found]


def test_every_frame_state_has_a_rank() -> None:
    assert sorted(STATES) == sorted(FrameState)


def test_minutes_without_frames_are_gaps_of_unknown_reason() -> None:
    assert gaps(record([0, 1, 4, 5, 7])) == [(2, 2, GapType.UNKNOWN, None), (6, 1, GapType.UNKNOWN, None)]


def test_gap_has_the_type_of_its_interruption() -> None:
    cut = interruption(NETWORK, SERVER, 0.5, 3.5)
    camera = interruption(CAMERA, PAGE, 4.2, 6.9)

    assert gaps(record([0, 3, 4, 7], cut, camera)) == [
        (1, 2, GapType.NETWORK, SERVER),
        (5, 2, GapType.CAMERA_OFF, PAGE),
    ]


def test_neighbouring_gaps_of_different_types_stay_apart() -> None:
    closed, cut = interruption(CLOSED, SERVER, 1, 2), interruption(NETWORK, PAGE, 2, 3)

    assert gaps(record([0, 3], closed, cut)) == [
        (1, 1, GapType.PAGE_CLOSED, SERVER),
        (2, 1, GapType.NETWORK, PAGE),
    ]


def test_our_outage_comes_before_every_other_reason() -> None:
    closed, refused = interruption(CLOSED, SERVER, 1, 3), interruption(REFUSED, SERVER, 1, 3)

    assert gaps(record([0, 3], closed, refused, down=(1,))) == [
        (1, 1, GapType.SERVER, SERVER),
        (2, 1, GapType.REFUSED, SERVER),
    ]


def test_break_excuses_a_gap_but_not_our_outage() -> None:
    pause = interruption(InterruptionType.PAUSED_BY_STAFF, STAFF, 1, 90)
    closed = interruption(CLOSED, SERVER, 1, 4)

    assert gaps(record([0, 4], pause, closed, down=(3,))) == [
        (1, 2, GapType.PAUSED_BY_STAFF, STAFF),
        (3, 1, GapType.SERVER, SERVER),
    ]
    assert find_last_minute(record([0, 4], pause), at(300)) == START + 4


def test_page_cannot_replace_what_the_server_saw() -> None:
    seen, claimed = interruption(CLOSED, SERVER, 1, 3), interruption(NETWORK, PAGE, 1, 3)

    assert gaps(record([0, 3], seen, claimed)) == [(1, 2, GapType.PAGE_CLOSED, SERVER)]


def test_page_may_explain_a_lost_connection() -> None:
    lost, camera = interruption(NETWORK, SERVER, 1, 3), interruption(CAMERA, PAGE, 1, 3)

    assert gaps(record([0, 3], lost, camera)) == [(1, 2, GapType.CAMERA_OFF, PAGE)]


def test_reason_of_most_of_the_minute_counts() -> None:
    closed, cut = interruption(CLOSED, SERVER, 1, 1.1), interruption(NETWORK, PAGE, 1.1, 2)

    assert gaps(record([0, 2], closed, cut)) == [(1, 1, GapType.NETWORK, PAGE)]


def test_open_interruption_ends_with_the_next_frame() -> None:
    lost = interruption(NETWORK, SERVER, 0.9, None)

    assert gaps(record([0, 2, 4], lost)) == [(1, 1, GapType.NETWORK, SERVER), (3, 1, GapType.UNKNOWN, None)]


def test_gap_before_the_first_heartbeat_is_not_our_outage() -> None:
    """Timelines go back to before the gateways were updated."""
    assert gaps(record([0, 2], down=(1,), first_beat=START + 2)) == [(1, 1, GapType.UNKNOWN, None)]
    assert gaps(record([0, 2], down=(1,), first_beat=None)) == [(1, 1, GapType.UNKNOWN, None)]


def test_exam_ends_when_the_candidate_finishes() -> None:
    assert find_last_minute(record([0, 5], finished_at=at(8.5)), at(60)) == START + 7
    assert find_last_minute(record([0, 5], finished_at=at(5.5)), at(60)) == START + 5


def test_frame_after_finishing_continues_the_exam() -> None:
    assert find_last_minute(record([0, 5], finished_at=at(3)), at(10)) == START + 8


def test_exam_that_goes_on_ends_before_the_unwritten_minute() -> None:
    assert find_last_minute(record([0, 1]), at(4.4)) == START + 2
    assert find_last_minute(record([0, 1]), at(4.6)) == START + 3


def test_exam_ends_with_the_last_frame_of_anybody() -> None:
    assert find_last_minute(record([0, 5], newest=90), at(300)) == START + 90
    assert find_last_minute(record([0, 5], interruption(CLOSED, PAGE, 6, 20)), at(300)) == START + 19


def test_totals_add_up_to_the_duration() -> None:
    timeline = build_timeline(ADA, record([0, 3], interruption(NETWORK, PAGE, 1, 2)), at(6))

    assert timeline.start == at(0)
    assert timeline.states == "v--v-"
    assert timeline.frames == [12, 0, 0, 12, 0]
    assert sum(timeline.minutes_by_state.values()) == len(timeline.states)
    assert sum(timeline.minutes_by_gap.values()) == timeline.minutes_by_state["gap"] == 3
    assert (timeline.minutes_by_gap[GapType.NETWORK], timeline.minutes_by_gap[GapType.UNKNOWN]) == (1, 2)


def test_minutes_from_finishing_to_reopening_are_no_gap() -> None:
    finished = interruption(InterruptionType.FINISHED, PAGE, 1, None)
    closed = interruption(CLOSED, SERVER, 1, 3)
    timeline = build_timeline(ADA, record([0, 4, 6], finished, closed, down=(2,)), at(7.5))

    assert [(gap.type, gap.minutes) for gap in timeline.gaps] == [("finished", 3), ("unknown", 1)]
    assert (timeline.minutes_by_state["finished"], timeline.minutes_by_state["gap"]) == (3, 1)
    assert sum(timeline.minutes_by_state.values()) == len(timeline.states)


def test_candidate_without_frames_has_an_empty_timeline() -> None:
    empty = Record([], [interruption(NETWORK, PAGE, 1, 2)], {}, START, None, None)

    timeline = build_timeline(ADA, empty, at(6))

    assert (timeline.start, timeline.states, timeline.gaps) == (None, "", [])
