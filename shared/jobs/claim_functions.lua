-- Functions for the scripts that claim jobs, put before their text with these constants of model.py and scripts.py:
-- max_attempts, erased_pace, held_seconds, quality_seconds.
--
-- KEYS: none
-- ARGV: none
-- RETURNS: nothing

-- Claim one job with a ticket: return a list as claim.lua does.
local function claim(id, ticket, run, now)
    -- Not in KEYS: which job it will be is known only here.
    local job = 'job:' .. id
    -- Not in KEYS: as above.
    local frame = 'frame:' .. id
    local status, holder, deadline, attempts, meeting, participant, precheck, taken_at = unpack(redis.call('HMGET',
        job, 'status', 'run', 'deadline', 'attempts', 'meeting', 'participant', 'precheck', 'taken_at'))
    if not status then return {'unknown', id} end
    if status ~= 'queued' and status ~= 'running' then return {'ended', id} end
    if status == 'running' and holder and holder ~= ticket then return {'taken', id} end
    -- Not in KEYS: participant and meeting are in the job's hash.
    local picture, pace, suspicion, presence, rules = unpack(redis.call('MGET', frame, 'pace:' .. participant,
        -- Not in KEYS: as above.
        'doubt:' .. participant, 'presence:' .. participant, 'rules:' .. meeting))
    if now > tonumber(deadline) or not picture then return {'too_old', id} end
    if tonumber(attempts) >= max_attempts then return {'exhausted', id} end
    if pace == erased_pace then return {'erased', id} end
    redis.call('HSET', job, 'status', 'running', 'attempts', attempts + 1, 'run', ticket, 'claimed_at', now)
    -- A redelivered ticket claims its own job anyway.
    if id ~= ticket then redis.call('SET', run, id, 'EX', held_seconds) end
    presence = presence and cjson.decode(presence) or {}
    -- A second person is looked for in every third frame, and in all while a suspicion lasts.
    local look = ((presence.frames or 0) % 3 == 0 or suspicion) and 1 or 0
    local is_recent = now - (presence.quality_at or 0) < quality_seconds
    return {'claimed', id, picture, meeting, participant, precheck, taken_at, look,
            is_recent and presence.last_quality or false, rules}
end

-- Claim the job waiting longest.
local function claim_oldest(waiting, ticket, run, now)
    while true do
        local oldest = redis.call('ZPOPMIN', waiting)[1]
        if not oldest then return {'none'} end
        local result = claim(oldest, ticket, run, now)
        -- A job that was claimed by its own id or has ended may still be here.
        if result[1] ~= 'unknown' and result[1] ~= 'ended' and result[1] ~= 'taken' then return result end
    end
end

-- Claim the job that this ticket has claimed before and did not end: its process was killed, or the answer was lost.
-- Return nothing if there is none.
local function claim_held(ticket, run, now)
    local held = redis.call('GET', run)
    -- Not in KEYS: as above.
    if held and redis.call('HGET', 'job:' .. held, 'status') == 'running' then
        local result = claim(held, ticket, run, now)
        if result[1] ~= 'taken' then return result end
    end
end
