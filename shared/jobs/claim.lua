-- Claim a job: count the attempt and hand out the picture. Either the ticket's own job, or else the job that this ticket
-- has claimed before and did not end (its process was killed, or the answer was lost), or the one waiting longest.
--
-- KEYS: 1 jobs:waiting     sorted set of queued jobs by taken_at
--       2 run:{ticket}     the last job claimed with this ticket
-- ARGV: 1 ticket: the id in Celery's message, which is that of a job   2 'own' or 'next'   3 max_attempts
--       4 the pace of an erased participant   5 seconds that the last claim is remembered
-- RETURNS: {'claimed', job id, picture, meeting id, participant id, precheck, taken_at,
--           1 to look for a second person or else 0, quality of the picture before or null, cached rules or null}
--          or {reason, job id}, with nothing changed: 'unknown', 'ended', 'too_old', 'exhausted', 'erased',
--          'taken': it is claimed with another ticket; or {'none'} if no job waits
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local waiting, run = unpack(KEYS)
local ticket, which, max_attempts, erased, keep = unpack(ARGV)

local function claim(id)
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
    local picture, pace, suspicion, quality, rules = unpack(redis.call('MGET', frame, 'pace:' .. participant,
        -- Not in KEYS: as above.
        'doubt:' .. participant, 'quality:' .. participant, 'rules:' .. meeting))
    if now > tonumber(deadline) or not picture then return {'too_old', id} end
    if tonumber(attempts) >= tonumber(max_attempts) then return {'exhausted', id} end
    if pace == erased then return {'erased', id} end
    redis.call('HSET', job, 'status', 'running', 'attempts', attempts + 1, 'run', ticket, 'claimed_at', now)
    redis.call('SET', run, id, 'EX', keep)
    -- A second person is looked for in every third frame, and in all while a suspicion lasts.
    -- Not in KEYS: as above.
    local judged = tonumber(redis.call('HGET', 'seen:' .. participant, 'frames') or 0)
    local look = (judged % 3 == 0 or suspicion) and 1 or 0
    return {'claimed', id, picture, meeting, participant, precheck, taken_at, look, quality, rules}
end

if which == 'own' then
    local result = claim(ticket)
    if result[1] == 'claimed' then redis.call('ZREM', waiting, ticket) end
    return result
end

local held = redis.call('GET', run)
-- Not in KEYS: as above.
if held and redis.call('HGET', 'job:' .. held, 'status') == 'running' then
    local result = claim(held)
    if result[1] ~= 'taken' then return result end
end
while true do
    local oldest = redis.call('ZPOPMIN', waiting)[1]
    if not oldest then return {'none'} end
    local result = claim(oldest)
    -- A worker of the previous release claims a job without removing it here.
    if result[1] ~= 'unknown' and result[1] ~= 'ended' and result[1] ~= 'taken' then return result end
end
