"""One candidate's exam minute by minute, with the reason for each gap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from shared.db.interruptions import InterruptionType, Reporter
from shared.db.timeline import Record

WRITTEN_AFTER = timedelta(seconds=30)
"""A minute that ended this long ago has been written to Postgres."""
OVER_AFTER_MINUTES = 60
"""An exam in which nobody had a frame for so long is over."""
MIN_BEATS = 4
"""With fewer of the six heartbeats of a minute, it was our outage."""
MOST_OF_A_MINUTE = 30.0


class GapType(StrEnum):
    """Why a minute has no frames; see `RANK` for which counts if there are several reasons."""

    SERVER = "server"
    """A gateway, Redis or Postgres was down."""
    PAUSED_BY_STAFF = "paused_by_staff"
    REFUSED = "refused"
    PAGE_CLOSED = "page_closed"
    CAMERA_OFF = "camera_off"
    NETWORK = "network"
    FINISHED = "finished"
    """The candidate had finished, and reopened the exam later: nothing is missing."""
    UNKNOWN = "unknown"


RANK = (
    (InterruptionType.PAUSED_BY_STAFF, Reporter.STAFF),
    (InterruptionType.REFUSED, Reporter.SERVER),
    # The page has closed its WebSocket. Without that the server can only tell that the connection was lost.
    (InterruptionType.PAGE_CLOSED, Reporter.SERVER),
    (InterruptionType.PAGE_CLOSED, Reporter.PAGE),
    (InterruptionType.CAMERA_OFF, Reporter.PAGE),
    (InterruptionType.NETWORK, Reporter.SERVER),
    (InterruptionType.NETWORK, Reporter.PAGE),
)
"""The first one counts, of those that lasted for most of the minute; a server's outage comes before all.

An excused gap comes first, then our own faults. The page's word counts against the server's only if it says
more than that the connection was lost.
"""


@dataclass(frozen=True, slots=True)
class Gap:
    """Consecutive minutes without frames, for one reason; `start` is in minutes since 1970."""

    start: int
    minutes: int
    type: GapType
    reported_by: Reporter | None
    """None if the reason is unknown."""


@dataclass(frozen=True, slots=True)
class _Span:
    """An interruption, in seconds since 1970."""

    start: float
    end: float
    type: InterruptionType
    reported_by: Reporter

    def overlap(self, minute: int) -> float:
        return min(self.end, (minute + 1) * 60) - max(self.start, minute * 60)

    def weight(self, minute: int) -> tuple[float, int]:
        return min(self.overlap(minute), MOST_OF_A_MINUTE), -RANK.index((self.type, self.reported_by))


def find_last_minute(record: Record, now: datetime) -> int:
    """Return the last minute of the candidate's exam so far; `record` has at least one minute.

    It ends when they finish. If they never do, it ends with the last frame of anybody in the meeting.
    """
    last = record.minutes[-1].minute
    if record.finished_at and (finished := to_minute(record.finished_at)) >= last:
        return max(last, finished - 1)
    ends = [
        to_minute(item.ended_at) - 1
        for item in record.interruptions
        # A break may outlast the exam.
        if item.ended_at and item.type is not InterruptionType.PAUSED_BY_STAFF
    ]
    newest = max(last, record.newest_in_meeting or last, *ends)
    written = to_minute(now - WRITTEN_AFTER) - 1
    return newest if written - newest >= OVER_AFTER_MINUTES else max(written, last)


def find_gaps(record: Record, last: int) -> list[Gap]:
    """Return the gaps from the first minute with frames to `last`, in order."""
    present = [minute.minute for minute in record.minutes]
    spans = _find_spans(record, present, last)
    absent = sorted(set(range(present[0], last + 1)) - set(present))
    explained = [(minute, _explain(minute, record, spans)) for minute in absent]
    # Within consecutive minutes the difference to the index is constant.
    runs = groupby(enumerate(explained), key=lambda entry: (entry[1][0] - entry[0], entry[1][1]))
    gaps = []
    for (_, (gap_type, reported_by)), run in runs:
        minutes = [minute for _, (minute, _) in run]
        gaps.append(Gap(minutes[0], len(minutes), gap_type, reported_by))
    return gaps


def _find_spans(record: Record, present: Sequence[int], last: int) -> list[_Span]:
    spans = []
    for item in record.interruptions:
        start = item.started_at.timestamp()
        if item.ended_at:
            end = item.ended_at.timestamp()
        else:
            next_frame = next((minute for minute in present if minute * 60 >= start), last + 1)
            end = next_frame * 60
        spans.append(_Span(start, end, item.type, item.reported_by))
    return spans


def _explain(minute: int, record: Record, spans: Sequence[_Span]) -> tuple[GapType, Reporter | None]:
    overlapping = [span for span in spans if span.overlap(minute) > 0]
    if any(span.type is InterruptionType.FINISHED for span in overlapping):
        return GapType.FINISHED, Reporter.PAGE
    has_beats = record.first_beat is not None and record.first_beat <= minute
    if has_beats and record.beats.get(minute, 0) < MIN_BEATS:
        return GapType.SERVER, Reporter.SERVER
    if not overlapping:
        return GapType.UNKNOWN, None
    span = max(overlapping, key=lambda span: span.weight(minute))
    return GapType(span.type), span.reported_by


def to_minute(time: datetime) -> int:
    """Return the minute in which it is, counted since 1970."""
    return int(time.timestamp()) // 60
