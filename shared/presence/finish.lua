-- End the job of a judged frame as done, record what the frame says of the participant unless they were erased
-- meanwhile, and claim the next job. Only the first call for a job has an effect on it; a repeated call claims the job
-- that the first one claimed. claim_functions.lua and presence_functions.lua come before this text, and the constants
-- initial_seconds_per_job, sample_seconds, ended_channel, outcomes_channel, presence_seconds, thumbnail_seconds.
--
-- KEYS: 1 job:{id}   2 frame:{id}   3 presence:{participant}   4 pace:{participant}   5 thumbnail:{participant}
--       6 jobs:open   7 jobs:waiting   8 jobs:counts   9 jobs:last   10 jobs:turn   11 run:{ticket}   12 outcome:{id}
--       13 timeline:due   14 undelivered:{participant}
-- ARGV: 1 job id   2 outcome, packed or as JSON   3 seconds that the ended job is kept   4 ticket, empty to claim nothing
--       5 JSON, what to record: quality, unless unknown; if the frame is of an exam state (v, f, n, d or h), faces and,
--         unless observe.lua has recorded it, observation: state, digest, keep (seconds)
--       6 thumbnail, may be empty   7 1 if the outcome is packed, else 0
-- RETURNS: {seconds since the frame was taken or null if the job had ended, what claim.lua returns if there is a ticket}
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local job, frame, presence_key, pace_key, thumbnail_key, open, waiting, counts, last, turn, run, outcome_key,
      due, undelivered_key = unpack(KEYS)
local id, outcome, keep, ticket, recording, thumbnail, packed = unpack(ARGV)

local stored, pace, judged_at, mean, undelivered =
    unpack(redis.call('MGET', presence_key, pace_key, last, turn, undelivered_key))
-- `ahead` is how many jobs were open before this one.
local status, taken_at, open_before, attempts, meeting, participant =
    unpack(redis.call('HMGET', job, 'status', 'taken_at', 'ahead', 'attempts', 'meeting', 'participant'))
local is_open = status == 'queued' or status == 'running'

local function note_minute(presence, new)
    local minute = math.floor(taken_at / 60)
    local ends_at = (minute + 1) * 60
    -- Written once when the minute has ended, and again after each frame that is judged later.
    if count_in_minute(presence, minute, new.state, new.faces) or now >= ends_at then
        redis.call('ZADD', due, math.max(now, ends_at), presence_key .. ' ' .. minute)
    end
end

local function record()
    local presence, new = stored and cjson.decode(stored) or {}, cjson.decode(recording)
    local observation = new.observation
    if observation then
        presence.observations = insert_record(
            presence.observations, id, taken_at, observation.state, observation.digest, observation.keep, now)
    end
    if new.state then note_minute(presence, new) end
    if not new.state then
        set_quality(presence, new.quality, now)
    elseif record_frame(presence, taken_at, new.state, new.faces, new.quality, now) then
        set_quality(presence, new.quality, now)
        if thumbnail ~= '' then redis.call('SET', thumbnail_key, thumbnail, 'EX', thumbnail_seconds) end
    end
    redis.call('SET', presence_key, cjson.encode(presence), 'EX', presence_seconds)
end

local function measure_throughput()
    -- In this time the jobs before it and the job itself were judged. A job that was deferred or claimed twice
    -- yields no sample. The more jobs a sample covers, the more it weighs in the moving average.
    if open_before and attempts == '1' then
        local sample = (now - taken_at) / (open_before + 1)
        mean = mean or initial_seconds_per_job
        mean = mean + (sample - mean) * (open_before + 1) / (open_before + 10)
        redis.call('SET', turn, mean, 'EX', 60)
    end
end

local function store_outcome()
    if packed == '1' then
        local function to_byte(hex) return string.char(tonumber(hex, 16)) end
        local ids = string.gsub(string.gsub(participant .. meeting, '-', ''), '%x%x', to_byte)
        local record = ids .. attempts .. outcome
        redis.call('SET', outcome_key, record, 'EX', keep)
        redis.call('DEL', job, frame)
        return record
    else
        -- A gateway of the previous release reads this.
        redis.call('HSET', job, 'status', 'done', 'outcome', outcome)
        redis.call('EXPIRE', job, keep)
        redis.call('DEL', frame)
    end
end

if is_open then
    if pace ~= erased_pace then record() end
    local record = store_outcome()
    redis.call('ZREM', open, id)
    -- A stalled job was queued again.
    if status == 'queued' then redis.call('ZREM', waiting, id) end
    redis.call('HINCRBY', counts, 'done', 1)
    -- A few samples a second suffice.
    if math.abs(now - (judged_at or 0)) > sample_seconds then
        redis.call('SET', last, now)
        measure_throughput()
    end
    if record and pace ~= erased_pace then
        redis.call('PUBLISH', outcomes_channel, id .. (undelivered and '1' or '0') .. record)
    else
        redis.call('PUBLISH', ended_channel, id)
    end
end

local age = is_open and tostring(now - taken_at)
if ticket == '' then return {age} end
-- The ticket holds no other job, unless this is a repeated call.
return {age, not is_open and claim_held(ticket, run, now) or claim_oldest(waiting, ticket, run, now)}
