"""Admission control: accept a frame, which will then be judged in time, or refuse it."""

import asyncio
from uuid import UUID

from redis.asyncio import Redis

from api.auth.tokens import Bearer
from api.errors import Busy, NotFound, TooFast
from api.frames.refused import RefusedSenders
from api.frames.script_pipeline import ScriptPipeline
from shared.jobs.admission import AdmissionLimits, list_admit_keys, render_admit_script
from shared.jobs.model import ERASED_PACE
from shared.presence.observations import FAST_INTERVAL_MS, suspicion_key
from shared.queue import JUDGE_FRAME, TaskMessage, create_celery
from shared.redis.script import Argument, ScriptCall
from shared.settings import Settings

MIN_MEAN_INTERVAL_SECONDS = 0.5
"""Mean interval between frames of one participant; pages are asked to send far less often."""

BURST = 10
"""Frames that a participant may send at once."""

BUSY_RETRY_SECONDS = 7
"""About the interval of an admitted sender: refusing a frame costs nearly as much as accepting it."""

MAX_SLOWDOWN = 2
"""Factor of the interval when the wait reaches its limit.

Clients adapt only after their current interval: with a larger factor they would send in waves, and workers
would idle in between.
"""


class Admission:
    """Admit frames: one script writes job, picture and, if needed, a ticket in one round trip."""

    def __init__(self, settings: Settings, redis: Redis) -> None:
        self._settings = settings
        self._message = TaskMessage(create_celery(settings), JUDGE_FRAME)
        limits = AdmissionLimits(
            ttl=settings.frame_ttl_seconds,
            max_wait=settings.max_wait_seconds,
            max_backlog=settings.max_backlog,
            interval=MIN_MEAN_INTERVAL_SECONDS,
            # Clients that comply with `next_frame_in_ms` never send faster than this while it is busy.
            busy_interval=MAX_SLOWDOWN * min(settings.frame_interval_ms, FAST_INTERVAL_MS) / 1000,
            burst=BURST,
            keep=settings.job_retention_seconds,
        )
        self._script = render_admit_script(limits)
        self._scripts = ScriptPipeline(redis)
        self._refused = RefusedSenders(redis)

    async def run(self) -> None:
        """Send frames to Redis until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._scripts.run())
            tasks.create_task(self._refused.run())

    async def admit(self, job_id: UUID, sender: Bearer, picture: bytes, *, precheck: bool) -> int:
        """Create the frame's job, and return in how many milliseconds to send the next frame.

        Store nothing and raise TooFast, Busy, or NotFound (erased sender) if the frame is refused.
        """
        keys = list_admit_keys(job_id, sender.participant_id, suspicion_key(sender.participant_id))
        arguments: list[Argument] = [
            str(job_id),
            str(sender.meeting_id),
            str(sender.participant_id),
            int(precheck),
            picture,
            self._message.render(job_id),
        ]
        status, number, *suspected = await self._scripts.call(ScriptCall(self._script, keys, arguments))
        if status in {b"busy", b"full"}:
            self.note_refused(sender)
        self._raise_if_refused(status, number)
        return self._next_frame_in_ms(float(number), suspected=suspected == [b"1"])

    def note_refused(self, sender: Bearer) -> None:
        """Note that a frame was refused for lack of capacity, so that a gap is not blamed on the sender."""
        self._refused.add(sender.participant_id)

    def _raise_if_refused(self, status: bytes, number: bytes) -> None:
        match status:
            case b"too_fast" if number == ERASED_PACE.encode():
                raise NotFound("the candidate was erased from the meeting; no more frames are accepted")
            case b"too_fast":
                raise TooFast(float(number), self._settings.frame_interval_ms)
            case b"busy":
                seconds = self._settings.max_wait_seconds
                reason = f"a frame might wait longer than {seconds:g} s for its verdict"
                raise Busy(reason, BUSY_RETRY_SECONDS, self._next_frame_in_ms(1))
            case b"full":
                reason = "too many frames are waiting"
                raise Busy(reason, BUSY_RETRY_SECONDS, self._next_frame_in_ms(1))

    def _next_frame_in_ms(self, load: float, *, suspected: bool = False) -> int:
        """Return the interval, shorter after a suspicious frame, longer with `load` from 0 to 1."""
        interval = self._settings.frame_interval_ms
        if suspected:
            interval = min(interval, FAST_INTERVAL_MS)
        return round(interval * (1 + (MAX_SLOWDOWN - 1) * load))
