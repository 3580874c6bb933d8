-- Record what one frame shows, and return its context. Idempotent; frames may come in any order.
-- presence_functions.lua comes before this text, and the constants presence_seconds, suspicion_seconds, erased_pace.
--
-- KEYS: 1 presence:{participant}   the last frames, among others
--       2 doubt:{participant}      exists while a suspicion lasts
--       3 pace:{participant}       tells whether they were erased
-- ARGV: 1 job id   2 taken_at   3 state: c, s, o, h or n   4 digest
--       5 minimum seconds of an absence   6 minimum seconds of a hidden face, 0 for never
--       7 how many of three frames must be suspected   8 seconds that frames are kept
-- RETURNS: {1 if a suspicion holds, 1 if this frame is the one to flag for an absence,
--           1 if the absence has enough frames and all of its pictures are the same,
--           1 if this frame is the one to flag for a hidden face},
--          else 0 each; {0, 0, 0, 0} for an erased participant
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local job, taken_at, state, digest, absence, hidden, needed, keep = unpack(ARGV)
local stored, pace = unpack(redis.call('MGET', KEYS[1], KEYS[3]))
if pace == erased_pace then return {0, 0, 0, 0} end

local presence = stored and cjson.decode(stored) or {}
local records, this = insert_record(presence.observations, job, taken_at, state, digest, tonumber(keep), now)
local frames = parse_records(records)

local function is_one_of(i, states) return frames[i] and string.find(states, frames[i].state, 1, true) end

-- A suspicion holds in any three consecutive frames that include this one.
local function suspicion_holds()
    local function suspected(i) return is_one_of(i, 'sc') and 1 or 0 end
    for i = this - 2, this do
        if suspected(i) + suspected(i + 1) + suspected(i + 2) >= tonumber(needed) then return 1 end
    end
    return 0
end

-- A run is consecutive frames in some states, without a gap longer than the maximum.
local function run_around(states)
    local first, last = this, this
    while is_one_of(first - 1, states) and frames[first].at - frames[first - 1].at <= gap_seconds do first = first - 1 end
    while is_one_of(last + 1, states) and frames[last + 1].at - frames[last].at <= gap_seconds do last = last + 1 end
    return first, last
end

-- One frame flags a run that is long enough: this one, unless an earlier call chose another.
local function flags_run(first, last, seconds, plain, flag, later)
    if frames[this].state == plain then
        local long = frames[last].at - frames[first].at >= tonumber(seconds) and last - first + 1 >= min_frames
        local letter = long and flag or plain
        for i = first, last do
            if is_one_of(i, flag .. later) then letter = later end
        end
        frames[this].state = letter
        records = set_state(records, this, letter)
    end
    return frames[this].state == flag and 1 or 0
end

local function is_frozen(first, last)
    for i = first, last do
        if frames[i].digest ~= frames[this].digest then return 0 end
    end
    return last - first + 1 >= min_frames and 1 or 0
end

local context = {0, 0, 0, 0}
if not this then
    return context  -- too old to be kept
elseif frames[this].state == 's' then
    redis.call('SET', KEYS[2], 1, 'EX', suspicion_seconds)
    context[1] = suspicion_holds()
elseif is_one_of(this, 'nNF') then
    local first, last = run_around('nNF')
    context[2], context[3] = flags_run(first, last, absence, 'n', 'N', 'F'), is_frozen(first, last)
elseif tonumber(hidden) > 0 and is_one_of(this, 'hHG') then
    local first, last = run_around('hHGnNF')
    context[4] = flags_run(first, last, hidden, 'h', 'H', 'G')
end
presence.observations = records
redis.call('SET', KEYS[1], cjson.encode(presence), 'EX', presence_seconds)
return context
