"""A job's life in Redis: the keys, and the scripts that move it from state to state.

    job:{id}     hash: status, meeting, participant, precheck, taken_at, deadline, attempts, outcome, error,
                 and ahead: how many jobs were open when this one came, but for those on hold
    frame:{id}   the picture's bytes, while the job is open
    pace:{participant}  when their next frame would come at the steady rate; `inf` for one who was erased
    jobs:open    sorted set: job id by deadline, the jobs that are neither done, failed nor expired
    jobs:counts  hash: how many jobs were accepted, done, failed, expired
    jobs:ended   channel: the id of each job that ends
    jobs:last    when the last frame was judged, in seconds since the epoch
    jobs:turn    seconds from one end to the next when all workers work, of late; gone after a quiet minute
    jobs:engine  name and version of the detector of the worker that started last

Each transition is one script, so none can be seen half done. All clocks are Redis's own: gateways and
workers may disagree about the time without a frame expiring early.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from shared.verdicts import Outcome

OPEN = "jobs:open"
COUNTS = "jobs:counts"
ENDED = "jobs:ended"
LAST = "jobs:last"
TURN = "jobs:turn"
ENGINE = "jobs:engine"

KEEP_SECONDS = 3_600
"""How long the outcome of a job can be asked for after it ended."""

MAX_ATTEMPTS = 3
"""A picture that kills its process this often is given up."""

TURN_AT_FIRST = 0.25
"""The turn, in seconds, while none is known: that of one dlib-hog, the slowest engine, on a busy core."""

PRUDENCE = 0.4
"""By how fast frames were judged of late, a verdict may take so much of the time that it may take at most.

So workers may become half as fast while it waits, and it is still in time. A longer line would judge no more.
"""


class JobStatus(StrEnum):
    """`queued` → `running` → `done`, `failed` or `expired`."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"

    @property
    def ended(self) -> bool:
        """True when nothing will change any more."""
        return self in {JobStatus.DONE, JobStatus.FAILED, JobStatus.EXPIRED}


@dataclass(frozen=True, slots=True)
class Job:
    """A job as anyone may read it; `outcome` is there once it is done, `error` once it failed or expired."""

    id: UUID
    status: JobStatus
    meeting_id: UUID
    participant_id: UUID
    outcome: Outcome | None
    error: str | None
    has_messages: bool = False
    """Whether there may be messages that its sender's page has not shown yet."""


def job_key(job_id: UUID) -> str:
    """The hash that holds the job's state."""
    return f"job:{job_id}"


def frame_key(job_id: UUID) -> str:
    """The picture's bytes, for as long as the job is open."""
    return f"frame:{job_id}"


def pace_key(participant_id: UUID) -> str:
    """When the participant's next frame would come at the steady rate, in seconds since the epoch."""
    return f"pace:{participant_id}"


ERASED = "inf"
"""The pace of somebody who was erased: what they send is not taken, and nothing of them is shown or noted."""


def read_job(job_id: UUID, fields: dict[bytes, bytes]) -> Job | None:
    """The job behind the fields of its hash; None for no fields, a job that was never seen."""
    if not fields:
        return None
    outcome, error = fields.get(b"outcome"), fields.get(b"error")
    return Job(
        id=job_id,
        status=JobStatus(fields[b"status"].decode()),
        meeting_id=UUID(fields[b"meeting"].decode()),
        participant_id=UUID(fields[b"participant"].decode()),
        outcome=Outcome.model_validate_json(outcome) if outcome else None,
        error=error.decode() if error else None,
        has_messages=b"has_messages" in fields,
    )


_NOW = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
"""

_ACCEPT = (
    _NOW
    + """
local job, frame, open, counts, pace, queue, doubt = unpack(KEYS)
local id, meeting, participant, precheck, picture, message = unpack(ARGV, 1, 6)

-- A client of Redis that lost the answer asks again.
local doubtful = tostring(redis.call('EXISTS', doubt))
if redis.call('EXISTS', job) == 1 then return {'accepted', '0', doubtful} end

-- Generic cell rate algorithm: `due` is when the next frame would come at the steady rate.
local due = math.max(tonumber(redis.call('GET', pace) or 0), now)
-- Nobody gets further ahead than this, so the clock was set back; but whoever was erased stays out for ever.
if due < math.huge and due > now + interval * (burst - 1) + busy_interval then due = now end
local early = due - now - interval * (burst - 1)
if early > 0 then return {'too_fast', tostring(early)} end
local backlog = redis.call('ZCARD', open)
if backlog >= max_backlog then return {'full', '1'} end
local filled = backlog / max_backlog

-- Those that are held have a later deadline: it is not for want of workers that they wait.
local ahead = redis.call('ZCOUNT', open, '-inf', now + ttl)
-- With nobody in line a worker is free, or this frame finds out whether there is one.
if redis.call('LLEN', queue) > 0 then
    local first = string.match(redis.call('LINDEX', queue, -1), '"id": "([^"]+)"')
    local deadline = first and redis.call('HGET', 'job:' .. first, 'deadline') or now + ttl
    local waited = now - (deadline - ttl)
    local to_wait = (ahead + 1) * (redis.call('GET', turn) or turn_at_first)
    filled = math.max(filled, math.max(waited, to_wait) / (max_wait * prudence))
end
if filled >= 1 then return {'busy', '1'} end

due = due + interval + (busy_interval - interval) * filled
redis.call('SET', pace, due, 'EX', math.ceil(due - now) + 1)
redis.call('HSET', job, 'status', 'queued', 'meeting', meeting, 'participant', participant,
           'precheck', precheck, 'taken_at', now, 'deadline', now + ttl, 'ahead', ahead, 'attempts', 0)
redis.call('EXPIRE', job, ttl + keep)
redis.call('SET', frame, picture, 'EX', ttl + keep)
redis.call('ZADD', open, now + ttl, id)
redis.call('HINCRBY', counts, 'accepted', 1)
redis.call('LPUSH', queue, message)
return {'accepted', tostring(filled), doubtful}
"""
)


def accept_script(
    *, ttl: int, max_wait: float, max_backlog: int, interval: float, busy_interval: float, burst: int
) -> str:
    """Refuses a frame, or makes its job and sends the message for it.

    Answers a word, a number, and whether the last frames of the participant left a doubt. The number is in
    how many seconds a frame that was `too_fast` may come again, else how busy the system is, from 0 to 1.

    A frame whose verdict might take `max_wait` seconds is not taken, nor one beyond `max_backlog` open ones,
    and it expires after `ttl` seconds. How long a verdict takes is told by the turn of late and how many are
    before it, in line or in the workers' hands; or by how long the first in line has waited already, where
    that is more: when workers are gone, the turn does not tell. A participant may send `burst` frames at
    once, and in the long run one every `interval` seconds, up to `busy_interval` the busier the system is.

    These stand in the script, and are not sent along with each frame, because packing arguments is what costs
    the gateway most there.
    """
    constants = {
        "ttl": ttl,
        "max_wait": max_wait,
        "max_backlog": max_backlog,
        "interval": interval,
        "busy_interval": busy_interval,
        "burst": burst,
        "keep": KEEP_SECONDS,
        "turn": f"'{TURN}'",
        "turn_at_first": TURN_AT_FIRST,
        "prudence": PRUDENCE,
    }
    return "".join(f"local {name} = {value}\n" for name, value in constants.items()) + _ACCEPT


BEGIN = (
    f"local erased = '{ERASED}'\n"
    + _NOW
    + """
local job, frame = unpack(KEYS)
local max_attempts = tonumber(ARGV[1])
local status, deadline, attempts = unpack(redis.call('HMGET', job, 'status', 'deadline', 'attempts'))
if not status then return {'unknown'} end
if status ~= 'queued' and status ~= 'running' then return {'ended'} end
local picture = redis.call('GET', frame)
if now > tonumber(deadline) or not picture then return {'too_old'} end
if tonumber(attempts) >= max_attempts then return {'exhausted'} end
local meeting, participant, precheck, taken_at =
    unpack(redis.call('HMGET', job, 'meeting', 'participant', 'precheck', 'taken_at'))
-- Not among KEYS, as only here it is known whose frame it is, and of which meeting.
if redis.call('GET', 'pace:' .. participant) == erased then return {'erased'} end
redis.call('HINCRBY', job, 'attempts', 1)
redis.call('HSET', job, 'status', 'running')
return {'begun', picture, meeting, participant, precheck, taken_at, redis.call('GET', 'rules:' .. meeting)}
"""
)
"""Takes a job up: counts the attempt and hands out the picture and the meeting's own rules.

Or says why there is nothing to do. The rules are null unless they are at hand.
"""

END = (
    f"local turn_at_first = {TURN_AT_FIRST}\n"
    + _NOW
    + """
local job, frame, open, counts, last, turn = unpack(KEYS)
local id, status, field, value, keep, channel, only = unpack(ARGV)
local fields = redis.call('HMGET', job, 'status', 'taken_at', 'ahead', 'attempts')
local before, taken_at, ahead, attempts = unpack(fields)
if only and before ~= only then return false end
redis.call('ZREM', open, id)
if before ~= 'queued' and before ~= 'running' then return false end
redis.call('HSET', job, 'status', status, field, value)
redis.call('EXPIRE', job, keep)
redis.call('DEL', frame)
redis.call('HINCRBY', counts, status, 1)
if status == 'done' then
    redis.call('SET', last, now)
    -- In the time that it took, those before it and itself were done; unless it was held, or taken up twice.
    -- The more they were, the more that tells.
    if ahead and attempts == '1' then
        local took = (now - taken_at) / (ahead + 1)
        local usual = redis.call('GET', turn) or turn_at_first
        redis.call('SET', turn, usual + (took - usual) * (ahead + 1) / (ahead + 10), 'EX', 60)
    end
end
redis.call('PUBLISH', channel, id)
return tostring(now - taken_at)
"""
)
"""Ends a job once: whoever comes second changes nothing. Answers the first how many seconds ago
the frame was taken, else nothing. With `only` it ends a job in that state and no other."""

HOLD = (
    _NOW
    + """
local job, frame, open = unpack(KEYS)
local id, seconds, keep = unpack(ARGV)
-- A second worker, given the same message after a timeout, may have ended it.
if redis.call('HGET', job, 'status') ~= 'running' then return end
-- From when it was taken, however often it is held.
local deadline = redis.call('HGET', job, 'taken_at') + seconds
redis.call('HSET', job, 'status', 'queued', 'deadline', deadline)
redis.call('HDEL', job, 'ahead')
redis.call('HINCRBY', job, 'attempts', -1)
redis.call('EXPIRE', job, seconds + keep)
redis.call('EXPIRE', frame, seconds + keep)
redis.call('ZADD', open, 'XX', deadline, id)
"""
)
"""Gives a job back unharmed, with a new deadline: it was not the picture's fault."""

OVERDUE = (
    _NOW
    + """
return redis.call('ZRANGE', KEYS[1], '-inf', now - ARGV[1], 'BYSCORE', 'LIMIT', 0, 1000)
"""
)
"""Ids of open jobs whose deadline has passed by so many seconds: their message was lost."""

UNHEARD = (
    _NOW
    + """
local open, queue = unpack(KEYS)
local patience = {queued = tonumber(ARGV[1]), running = tonumber(ARGV[2])}
-- While any wait in line it may be there that they are.
if redis.call('LLEN', queue) > 0 then return {} end
local unheard = {}
-- Not those whose deadline has passed: a worker would only find that they are too old.
for _, id in ipairs(redis.call('ZRANGE', open, now, '+inf', 'BYSCORE', 'LIMIT', 0, 1000)) do
    local job = 'job:' .. id
    local status, taken_at, ahead, sent_at =
        unpack(redis.call('HMGET', job, 'status', 'taken_at', 'ahead', 'sent_at'))
    -- One that is held no longer says how many were ahead of it, and its message waits in a worker.
    if status and ahead and now - (sent_at or taken_at) > patience[status] then
        redis.call('HSET', job, 'sent_at', now)
        unheard[#unheard + 1] = id
    end
end
return unheard
"""
)
"""Ids of open jobs of which nothing was heard for too long, while no message waits: theirs was lost.

Too long is so many seconds for one that is queued, so many for one that is running. Each is named once in
that time.
"""
