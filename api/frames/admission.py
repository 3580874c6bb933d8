"""Admission control: accept a frame and promise to judge it, or refuse it."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from redis.asyncio import Redis

from api.auth.tokens import Bearer
from api.errors import Busy, NotFound, TooFast
from api.frames.script_batch import Batch
from shared.jobs.admission import ADMIT_KEYS, AdmissionLimits, admit_keys, admit_script
from shared.jobs.model import ERASED
from shared.presence.observations import FAST_INTERVAL_MS, suspicion_key
from shared.queue import JudgeMessage, create_celery
from shared.settings import Settings

PACE_SECONDS = 0.5
"""Mean interval between frames of one participant; pages are asked to send far less often."""

BURST = 10
"""Frames that a participant may send faster than that."""

BUSY_RETRY_SECONDS = 7
"""About as long as an admitted sender waits: refusing a frame costs nearly as much as accepting it."""

SLOWEST = 2
"""Factor by which the interval is stretched as the wait nears its limit.

Clients follow only after their current interval: stretched further, they would arrive in waves, and
workers would idle in between.
"""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A frame that will be judged."""

    job_id: UUID
    next_frame_in_ms: int


class Admission:
    """Admits frames: one script writes job, picture and Celery message in one round trip."""

    def __init__(self, settings: Settings, redis: Redis) -> None:
        self._settings = settings
        self._message = JudgeMessage(create_celery(settings))
        limits = AdmissionLimits(
            ttl=settings.frame_ttl_seconds,
            max_wait=settings.max_wait_seconds,
            max_backlog=settings.max_backlog,
            interval=PACE_SECONDS,
            # No client that does as it is asked sends more often than that then.
            busy_interval=SLOWEST * min(settings.frame_interval_ms, FAST_INTERVAL_MS) / 1000,
            burst=BURST,
        )
        self._arrivals = Batch(redis, admit_script(limits), keys=ADMIT_KEYS)

    async def run(self) -> None:
        """Send batches of frames to Redis until cancelled."""
        await self._arrivals.run()

    async def admit(self, sender: Bearer, picture: bytes, *, precheck: bool) -> Accepted:
        """Admit a frame; raise TooFast or Busy, and store nothing of it, beyond the limits."""
        job_id = uuid4()
        word, number, *suspected = await self._arrivals.call(
            keys=admit_keys(job_id, sender.participant_id, suspicion_key(sender.participant_id)),
            arguments=[
                str(job_id),
                str(sender.meeting_id),
                str(sender.participant_id),
                int(precheck),
                picture,
                self._message.render(job_id),
            ],
        )
        match word:
            case b"too_fast" if number == ERASED.encode():
                raise NotFound("the candidate was erased from the meeting; nothing more is taken")
            case b"too_fast":
                raise TooFast(float(number), self._settings.frame_interval_ms)
            case b"busy":
                reason = f"a frame sent now might wait longer than {self._settings.max_wait_seconds:g} s"
                raise Busy(reason, BUSY_RETRY_SECONDS, self._next_frame_in_ms(1))
            case b"full":
                reason = "as many frames wait as there is room for"
                raise Busy(reason, BUSY_RETRY_SECONDS, self._next_frame_in_ms(1))
        return Accepted(job_id, self._next_frame_in_ms(float(number), suspected=suspected == [b"1"]))

    def _next_frame_in_ms(self, filled: float, *, suspected: bool = False) -> int:
        """The usual interval, or less after a suspicious frame, stretched the longer frames wait."""
        usual = self._settings.frame_interval_ms
        return round((min(usual, FAST_INTERVAL_MS) if suspected else usual) * (1 + (SLOWEST - 1) * filled))
