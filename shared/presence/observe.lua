-- Record what one frame shows, and return its context. Idempotent; frames may come in any order.
--
-- Each member of the sorted set is the job id (36 characters), the state (one letter) and the picture's digest.
-- Further letters are used only here, for frames of a run that is flagged: N (nobody) and H (face hidden) for the
-- frame that flags it, F and G for the later ones.
--
-- KEYS: 1 watch:{participant}   sorted set of the last frames by taken_at
--       2 doubt:{participant}   exists while a suspicion lasts
--       3 pace:{participant}    tells whether they were erased
-- ARGV: 1 job id   2 taken_at   3 state: c, s, o, h or n   4 digest
--       5 minimum seconds of an absence   6 minimum seconds of a hidden face, 0 for never
--       7 how many of three frames must be suspected   8 seconds that frames are kept beyond a run
--       9 maximum seconds between two frames of a run   10 minimum frames of a run
--       11 seconds that a suspicion lasts   12 the pace of an erased participant
-- RETURNS: {1 if a suspicion holds, 1 if this frame is the one to flag for an absence,
--           1 if the absence has enough frames and all of its pictures are the same,
--           1 if this frame is the one to flag for a hidden face},
--          else 0 each; {0, 0, 0, 0} for an erased participant
local observations, suspicion, pace = unpack(KEYS)
local job, taken_at, state, digest, absence, hidden, needed, keep, gap, min_frames, suspicion_seconds, erased =
    unpack(ARGV)
absence, hidden, needed = tonumber(absence), tonumber(hidden), tonumber(needed)
gap, min_frames = tonumber(gap), tonumber(min_frames)
keep = math.max(absence, hidden) + keep
if redis.call('GET', pace) == erased then return {0, 0, 0, 0} end

-- All frames, by time, read once; this one is added here and in Redis, unless it is known: a frame that is judged
-- again keeps its first state.
local frames, this, place = {}, nil, 1
local flat = redis.call('ZRANGE', observations, 0, -1, 'WITHSCORES')
taken_at = tonumber(taken_at)
local newest = math.max(taken_at, tonumber(flat[#flat] or 0))
for i = 1, #flat, 2 do
    local member, at = flat[i], tonumber(flat[i + 1])
    if at > newest - keep then
        local frame = {member = member, state = string.sub(member, 37, 37), digest = string.sub(member, 38), at = at}
        table.insert(frames, frame)
        if string.sub(member, 1, 36) == job then this = #frames end
        if at < taken_at then place = #frames + 1 end
    end
end
if not this and taken_at > newest - keep then
    local frame = {member = job .. state .. digest, state = state, digest = digest, at = taken_at}
    redis.call('ZADD', observations, taken_at, frame.member)
    table.insert(frames, place, frame)
    this = place
end
redis.call('ZREMRANGEBYSCORE', observations, '-inf', newest - keep)
redis.call('EXPIRE', observations, math.ceil(keep))
if not this then return {0, 0, 0, 0} end  -- too old to be kept

local function is_one_of(i, states) return frames[i] and string.find(states, frames[i].state, 1, true) end

-- A suspicion holds in any three consecutive frames that include this one.
local function suspected(i) return is_one_of(i, 'sc') and 1 or 0 end
local holds = 0
if frames[this].state == 's' then
    redis.call('SET', suspicion, 1, 'EX', suspicion_seconds)
    for i = this - 2, this do
        if suspected(i) + suspected(i + 1) + suspected(i + 2) >= needed then holds = 1 end
    end
end

-- A run is consecutive frames in some states, without a gap longer than the maximum.
local function run_around(states)
    local first, last = this, this
    while is_one_of(first - 1, states) and frames[first].at - frames[first - 1].at <= gap do first = first - 1 end
    while is_one_of(last + 1, states) and frames[last + 1].at - frames[last].at <= gap do last = last + 1 end
    return first, last
end

-- One frame flags a run that is long enough: this one, unless an earlier call chose another.
local function flags_run(first, last, seconds, plain, flag, later)
    if frames[this].state ~= plain then return frames[this].state == flag end
    local long = frames[last].at - frames[first].at >= seconds and last - first + 1 >= min_frames
    local letter = long and flag or plain
    for i = first, last do
        if is_one_of(i, flag .. later) then letter = later end
    end
    if letter ~= plain then
        redis.call('ZREM', observations, frames[this].member)
        redis.call('ZADD', observations, frames[this].at, job .. letter .. digest)
    end
    return letter == flag
end

if is_one_of(this, 'nNF') then
    local first, last = run_around('nNF')
    local frozen = last - first + 1 >= min_frames and 1 or 0
    for i = first, last do
        if frames[i].digest ~= frames[this].digest then frozen = 0 end
    end
    return {holds, flags_run(first, last, absence, 'n', 'N', 'F') and 1 or 0, frozen, 0}
end
if hidden > 0 and is_one_of(this, 'hHG') then
    local first, last = run_around('hHGnNF')
    return {holds, 0, 0, flags_run(first, last, hidden, 'h', 'H', 'G') and 1 or 0}
end
return {holds, 0, 0, 0}
