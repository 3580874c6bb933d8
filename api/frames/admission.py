"""The door: a frame is accepted here, with the promise to judge it, or refused."""

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
"""How often one participant may send in the long run; what the page is asked for is far less often."""

BURST = 10
"""How many frames a participant may be ahead of that."""

BUSY_RETRY_SECONDS = 7
"""Not much sooner than those come back who were let in: refusing costs the gateway nearly as much."""

SLOWEST = 2
"""When the door is about to close, clients are asked to send this many times less often.

Not more: they follow only after their interval, so that held back harder they come in waves, and
workers have nothing to do in between.
"""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A frame that will be judged."""

    job_id: UUID
    next_frame_in_ms: int


class Door:
    """Lets frames in: job, picture and message are written by one script, in one round trip."""

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
        """Lets in what arrives, for as long as the process lives."""
        await self._arrivals.run()

    async def accept(self, sender: Bearer, picture: bytes, *, precheck: bool) -> Accepted:
        """Raises TooFast or Busy; nothing of the frame is kept then."""
        job_id = uuid4()
        word, number, *suspected = await self._arrivals.call(
            keys=admit_keys(job_id, sender.participant_id, suspicion_key(sender.participant_id)),
            arguments=[
                str(job_id),
                str(sender.meeting_id),
                str(sender.participant_id),
                int(precheck),
                picture,
                self._message.fill_in(job_id),
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
