"""Frames that kill, that come twice, that two workers have at once."""

from uuid import UUID

from dev.chaos.deadly import deadly_picture
from dev.chaos.faults.fault import Fault
from dev.chaos.stream import Frame
from dev.chaos.system import System
from dev.stack.errors import StackFailedError
from shared.jobs.model import job_key
from shared.queue import FRAMES, JudgeMessage, create_celery

RACES = 100


def _hand_in_a_deadly_picture(system: System) -> None:
    frame = system.stream.hand_in(deadly_picture())
    if frame is None:
        raise StackFailedError("The picture that kills was not accepted.")
    system.parts.wait_until(lambda: frame.end is not None, "the picture that kills is given up")


def _deliver_again(system: System, frames: list[Frame]) -> None:
    message = JudgeMessage(create_celery(system.settings))
    for frame in frames:
        system.redis.lpush(FRAMES, message.render(UUID(frame.job_id)))


def _deliver_twice(system: System) -> None:
    """Frames that have ended, and some that have not."""
    _deliver_again(system, system.stream.frames[-20:])
    system.parts.wait_until(lambda: not system.redis.llen(FRAMES), "every message is taken")


def _race(system: System) -> None:
    """The second message right behind the first, until two had the job at the same time."""
    for _ in range(RACES):
        if _attempts_of_a_frame_sent_twice(system) > 1:
            return
    raise StackFailedError(f"In {RACES} tries no two workers had the same job at the same time.")


def _attempts_of_a_frame_sent_twice(system: System) -> int:
    known = len(system.stream.frames)
    system.parts.wait_until(lambda: len(system.stream.frames) > known, "a frame is accepted")
    frame = system.stream.frames[-1]
    _deliver_again(system, [frame])
    system.parts.wait_until(lambda: frame.end is not None, "the frame is judged")
    return int(system.redis.hget(job_key(UUID(frame.job_id)), "attempts") or 0)


def _lose_message(system: System) -> None:
    """As a worker does that is killed when it has taken one, and not noted yet that it has."""
    system.parts.stop("frames")
    system.parts.wait_until(lambda: bool(system.redis.rpop(FRAMES)), "a message waits, and is lost")
    system.parts.start("frames")


FAULTS = (
    Fault("a message is lost", _lose_message),
    Fault("a picture kills its process", _hand_in_a_deadly_picture),
    Fault("messages are delivered twice", _deliver_twice),
    Fault("two workers have one job", _race),
)
