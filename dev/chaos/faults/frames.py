"""Faults of frames: deadly pictures, lost and duplicate messages."""

from uuid import UUID

from dev.chaos.attempts import read_attempts
from dev.chaos.deadly import deadly_picture
from dev.chaos.faults.fault import Fault
from dev.chaos.stream import Frame
from dev.chaos.system import System
from dev.stack.errors import StackFailedError
from shared.queue import FRAMES, JudgeMessage, create_celery

RACES = 100


def _send_deadly_picture(system: System) -> None:
    frame = system.stream.send(deadly_picture())
    if frame is None:
        raise StackFailedError("The deadly picture was not accepted.")
    system.parts.wait_until(lambda: frame.end is not None, "the deadly picture is given up")


def _deliver_again(system: System, frames: list[Frame]) -> None:
    message = JudgeMessage(create_celery(system.settings))
    for frame in frames:
        system.redis.lpush(FRAMES, message.render(UUID(frame.job_id)))


def _deliver_twice(system: System) -> None:
    """Deliver messages again, of frames that have ended and of some that have not."""
    _deliver_again(system, system.stream.frames[-20:])
    system.parts.wait_until(lambda: not system.redis.llen(FRAMES), "every message is taken")


def _race(system: System) -> None:
    """Send a second message right after the first, until two workers have the job at the same time."""
    for _ in range(RACES):
        if _attempts_of_a_frame_sent_twice(system) > 1:
            return
    raise StackFailedError(f"In {RACES} attempts no two workers had the same job at the same time.")


def _attempts_of_a_frame_sent_twice(system: System) -> int:
    known = len(system.stream.frames)
    system.parts.wait_until(lambda: len(system.stream.frames) > known, "a frame is accepted")
    frame = system.stream.frames[-1]
    _deliver_again(system, [frame])
    system.parts.wait_until(lambda: frame.end is not None, "the frame is judged")
    return read_attempts(system.redis, UUID(frame.job_id))


def _lose_message(system: System) -> None:
    """Remove a message, as a worker does that is killed right after taking one."""
    system.parts.stop("frames")
    system.parts.wait_until(lambda: bool(system.redis.rpop(FRAMES)), "a message is queued, and removed")
    system.parts.start("frames")


FAULTS = (
    Fault("a message is lost", _lose_message),
    Fault("a picture kills its process", _send_deadly_picture),
    Fault("messages are delivered twice", _deliver_twice),
    Fault("two workers have one job", _race),
)
