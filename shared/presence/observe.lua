-- Record what one frame shows, and return its context. Idempotent; frames may come in any order.
--
-- Each member of the sorted set is the job id (36 characters), the state (one letter) and the picture's digest.
-- Two more letters are used only here: N for the frame that flags an absence, F for the later ones of it.
--
-- KEYS: 1 watch:{participant}   sorted set of the last frames by taken_at
--       2 doubt:{participant}   exists while a suspicion lasts
--       3 pace:{participant}    tells whether they were erased
-- ARGV: 1 job id   2 taken_at   3 state: c, s, o or n   4 digest
--       5 minimum seconds of an absence   6 how many of three frames must be suspected
--       7 seconds that frames are kept beyond an absence   8 maximum seconds between two frames of an absence
--       9 minimum frames of an absence   10 seconds that a suspicion lasts   11 the pace of an erased participant
-- RETURNS: {1 if a suspicion holds, 1 if this frame is the one to flag for an absence,
--           1 if all pictures of the absence are the same}, else 0 each; {0, 0, 0} for an erased participant
local observations, suspicion, pace = unpack(KEYS)
local job, taken_at, state, digest, absence, needed, keep, gap, min_frames, suspicion_seconds, erased = unpack(ARGV)
absence, needed, gap, min_frames = tonumber(absence), tonumber(needed), tonumber(gap), tonumber(min_frames)
keep = absence + keep
if redis.call('GET', pace) == erased then return {0, 0, 0} end

-- A frame that is judged again keeps its first state.
local known = {}
for _, member in ipairs(redis.call('ZRANGE', observations, 0, -1)) do known[string.sub(member, 1, 36)] = member end
if not known[job] then redis.call('ZADD', observations, taken_at, job .. state .. digest) end
local newest = redis.call('ZRANGE', observations, -1, -1, 'WITHSCORES')
redis.call('ZREMRANGEBYSCORE', observations, '-inf', tonumber(newest[2]) - keep)
redis.call('EXPIRE', observations, math.ceil(keep))

local frames, this = {}, nil
local flat = redis.call('ZRANGE', observations, 0, -1, 'WITHSCORES')
for i = 1, #flat, 2 do
    local member = flat[i]
    local frame = {member = member, state = string.sub(member, 37, 37), digest = string.sub(member, 38),
                   at = tonumber(flat[i + 1])}
    table.insert(frames, frame)
    if string.sub(member, 1, 36) == job then this = #frames end
end
if not this then return {0, 0, 0} end  -- too old to be kept

-- A suspicion holds in any three consecutive frames that include this one.
local function suspected(i) return frames[i] and string.find('sc', frames[i].state, 1, true) and 1 or 0 end
local holds = 0
if frames[this].state == 's' then
    redis.call('SET', suspicion, 1, 'EX', suspicion_seconds)
    for i = this - 2, this do
        if suspected(i) + suspected(i + 1) + suspected(i + 2) >= needed then holds = 1 end
    end
end

-- An absence is a run of frames that show nobody, without a gap longer than the maximum.
local function nobody(i) return frames[i] and string.find('nNF', frames[i].state, 1, true) end
if not nobody(this) then return {holds, 0, 0} end
local first, last = this, this
while nobody(first - 1) and frames[first].at - frames[first - 1].at <= gap do first = first - 1 end
while nobody(last + 1) and frames[last + 1].at - frames[last].at <= gap do last = last + 1 end
local flagged, frozen = false, 1
for i = first, last do
    if frames[i].state ~= 'n' and i ~= this then flagged = true end
    if frames[i].digest ~= frames[this].digest then frozen = 0 end
end
local letter = frames[this].state
if letter == 'n' then
    local long = frames[last].at - frames[first].at >= absence and last - first + 1 >= min_frames
    letter = flagged and 'F' or long and 'N' or 'n'
    if letter ~= 'n' then
        redis.call('ZREM', observations, frames[this].member)
        redis.call('ZADD', observations, frames[this].at, job .. letter .. digest)
    end
end
return {holds, letter == 'N' and 1 or 0, frozen}
