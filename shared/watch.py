"""What a participant's last frames add up to, in Redis: a doubt that holds, an absence that lasts.

watch:{participant}  sorted set of frames by when they were taken: job id, what was seen, the picture's digest
doubt:{participant}  there while denser frames are wanted
"""

from enum import StrEnum
from uuid import UUID

from shared.jobs.model import ERASED

GAP_SECONDS = 30
"""Frames further apart say nothing about the time between them."""
KEEP_SECONDS = 2 * GAP_SECONDS
"""How long frames are kept beyond the time that an absence takes."""
FEWEST = 3
"""Frames that an absence needs at least, however far apart they are."""
DOUBT_SECONDS = 15
"""How long after a suspicious frame denser ones are asked for."""
DENSE_MS = 1_000


class Seen(StrEnum):
    """What a frame shows. Two more letters are written by the script: N raised a flag, F came after one."""

    CONFIRMED = "c"
    SUSPECTED = "s"
    ALLOWED = "o"
    NOBODY = "n"

    @property
    def needs_neighbours(self) -> bool:
        """Whether only the frames around it tell what it means."""
        return self in {Seen.SUSPECTED, Seen.NOBODY}


def watch_key(participant_id: UUID) -> str:
    """The last frames."""
    return f"watch:{participant_id}"


def doubt_key(participant_id: UUID) -> str:
    """Whether denser frames are wanted."""
    return f"doubt:{participant_id}"


WATCH = (
    f"local erased = '{ERASED}'\n"
    """
local watch, doubt, pace = unpack(KEYS)
local job, taken_at, seen, digest, absence, doubts, keep, gap, fewest, dense = unpack(ARGV)
absence, doubts, gap, fewest = tonumber(absence), tonumber(doubts), tonumber(gap), tonumber(fewest)
keep = absence + keep
if redis.call('GET', pace) == erased then return {0, 0, 0} end

-- A frame that is judged again keeps what it was the first time.
local known = {}
for _, member in ipairs(redis.call('ZRANGE', watch, 0, -1)) do known[string.sub(member, 1, 36)] = member end
if not known[job] then redis.call('ZADD', watch, taken_at, job .. seen .. digest) end
local newest = redis.call('ZRANGE', watch, -1, -1, 'WITHSCORES')
redis.call('ZREMRANGEBYSCORE', watch, '-inf', tonumber(newest[2]) - keep)
redis.call('EXPIRE', watch, math.ceil(keep))

local frames, mine = {}, nil
local flat = redis.call('ZRANGE', watch, 0, -1, 'WITHSCORES')
for i = 1, #flat, 2 do
    local member = flat[i]
    local frame = {member = member, seen = string.sub(member, 37, 37), digest = string.sub(member, 38),
                   at = tonumber(flat[i + 1])}
    table.insert(frames, frame)
    if string.sub(member, 1, 36) == job then mine = #frames end
end
if not mine then return {0, 0, 0} end  -- older than all that is kept

local function doubtful(i) return frames[i] and string.find('sc', frames[i].seen, 1, true) and 1 or 0 end
local holds = 0
if frames[mine].seen == 's' then
    redis.call('SET', doubt, 1, 'EX', dense)
    for i = mine - 2, mine do
        if doubtful(i) + doubtful(i + 1) + doubtful(i + 2) >= doubts then holds = 1 end
    end
end

local function nobody(i) return frames[i] and string.find('nNF', frames[i].seen, 1, true) end
if not nobody(mine) then return {holds, 0, 0} end
local first, last = mine, mine
while nobody(first - 1) and frames[first].at - frames[first - 1].at <= gap do first = first - 1 end
while nobody(last + 1) and frames[last + 1].at - frames[last].at <= gap do last = last + 1 end
local raised, frozen = false, 1
for i = first, last do
    if frames[i].seen ~= 'n' and i ~= mine then raised = true end
    if frames[i].digest ~= frames[mine].digest then frozen = 0 end
end
local letter = frames[mine].seen
if letter == 'n' then
    local long = frames[last].at - frames[first].at >= absence and last - first + 1 >= fewest
    letter = raised and 'F' or long and 'N' or 'n'
    if letter ~= 'n' then
        redis.call('ZREM', watch, frames[mine].member)
        redis.call('ZADD', watch, frames[mine].at, job .. letter .. digest)
    end
end
return {holds, letter == 'N' and 1 or 0, frozen}
"""
)
"""Notes a frame, in any order and any number of times; not one of somebody who was erased meanwhile.

Answers three times 0 or 1: enough of three frames in a row, of which this is one, are doubtful; an absence
has lasted, and this frame is the one to flag for it; all pictures of the absence are the same.
"""
