"""Faults of frames: deadly pictures, runs that are cut off, lost and doubled tickets."""

from uuid import UUID

from dev.chaos.attempts import read_attempts
from dev.chaos.faults.fault import Fault
from dev.chaos.faults.processes import worker_children
from dev.chaos.pictures import DEADLY, HELD, special_picture
from dev.chaos.stream import Frame
from dev.chaos.system import WORKERS, System
from dev.stack.errors import StackFailedError
from shared.jobs.model import WAITING_JOBS, job_key
from shared.queue import FRAMES, JUDGE_FRAME, TaskMessage, create_celery

RACES = 100


def _send_deadly_picture(system: System) -> None:
    frame = system.stream.send(system.main.meeting_id, special_picture(DEADLY))
    if frame is None:
        raise StackFailedError("The deadly picture was not accepted.")
    system.parts.wait_until(lambda: frame.end is not None, "the deadly picture is given up")


def _kill_in_run(system: System) -> None:
    """Kill the worker's children until one of them was in the middle of a run."""
    for _ in range(RACES):
        if _was_killed_in_run(system):
            return
    raise StackFailedError(f"In {RACES} attempts no child was killed in the middle of a run.")


def _was_killed_in_run(system: System) -> bool:
    """Kill the children while one judges a picture; return whether its ticket was another frame's."""
    system.parts.wait_until(lambda: len(worker_children(system)) == WORKERS, "the worker has its children")
    children = worker_children(system)
    for child in children:
        child.suspend()
    system.parts.wait_until(lambda: system.main.redis.zcard(WAITING_JOBS) > WORKERS, "frames wait")
    system.hold_file.touch()
    frame = system.stream.send(system.main.meeting_id, special_picture(HELD))
    for child in children:
        child.resume()
    if frame is None:  # admission control expects it to wait too long
        return False
    redis, key = system.main.redis, job_key(UUID(frame.job_id))
    system.parts.wait_until(lambda: redis.hget(key, "status") == b"running", "the picture is judged")
    ticket = redis.hget(key, "run")
    for child in children:
        child.kill()
    system.hold_file.unlink()
    system.parts.wait_until(lambda: frame.end is not None, "the picture is judged again")
    return ticket != frame.job_id.encode()


def _frames(system: System) -> list[Frame]:
    return system.stream.frames_of(system.main.meeting_id)


def _deliver_again(system: System, frames: list[Frame]) -> None:
    message = TaskMessage(create_celery(system.settings), JUDGE_FRAME)
    for frame in frames:
        system.main.redis.lpush(FRAMES, message.render(UUID(frame.job_id)))


def _deliver_twice(system: System) -> None:
    """Deliver messages again, of frames that have ended and of some that have not."""
    _deliver_again(system, _frames(system)[-20:])
    system.parts.wait_until(lambda: not system.main.redis.llen(FRAMES), "every message is taken")


def _race(system: System) -> None:
    """Send a second message right after the first, until two workers have the job at the same time."""
    for _ in range(RACES):
        if _attempts_of_a_frame_sent_twice(system) > 1:
            return
    raise StackFailedError(f"In {RACES} attempts no two workers had the same job at the same time.")


def _attempts_of_a_frame_sent_twice(system: System) -> int:
    known = len(_frames(system))
    system.parts.wait_until(lambda: len(_frames(system)) > known, "a frame is accepted")
    frame = _frames(system)[-1]
    _deliver_again(system, [frame])
    system.parts.wait_until(lambda: frame.end is not None, "the frame is judged")
    return read_attempts(system.main.redis, UUID(frame.job_id))


def _lose_ticket(system: System) -> None:
    """Remove a message, as a worker does that is killed right after taking one."""
    system.parts.stop("frames")
    system.parts.wait_until(lambda: bool(system.main.redis.rpop(FRAMES)), "a ticket is queued, and removed")
    system.parts.start("frames")


def _double_tickets(system: System) -> None:
    """Put every message that waits into the queue again."""
    system.parts.stop("frames")
    system.parts.wait_until(lambda: int(system.main.redis.llen(FRAMES)) > WORKERS, "tickets are queued")
    system.main.redis.lpush(FRAMES, *system.main.redis.lrange(FRAMES, 0, -1))
    system.parts.start("frames")
    system.parts.wait_until(lambda: not system.main.redis.llen(FRAMES), "every ticket is taken")


FAULTS = (
    Fault("a ticket is lost", _lose_ticket),
    Fault("tickets are doubled", _double_tickets),
    Fault("a child is killed during a run", _kill_in_run),
    Fault("a picture kills its process", _send_deadly_picture),
    Fault("messages are delivered twice", _deliver_twice),
    Fault("two workers have one job", _race),
)
