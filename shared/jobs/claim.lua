-- Claim a job: count the attempt and hand out the picture.
--
-- KEYS: 1 job:{id}     2 frame:{id}
-- ARGV: 1 max_attempts   2 the pace of an erased participant
-- RETURNS: {'claimed', picture, meeting id, participant id, precheck, taken_at,
--           1 to look for a second person or else 0, quality of the picture before or null, cached rules or null}
--          or {reason}, with nothing changed: 'unknown', 'ended', 'too_old', 'exhausted', 'erased'
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local job, frame = unpack(KEYS)
local max_attempts, erased = tonumber(ARGV[1]), ARGV[2]

local status, deadline, attempts = unpack(redis.call('HMGET', job, 'status', 'deadline', 'attempts'))
if not status then return {'unknown'} end
if status ~= 'queued' and status ~= 'running' then return {'ended'} end
local picture = redis.call('GET', frame)
if now > tonumber(deadline) or not picture then return {'too_old'} end
if tonumber(attempts) >= max_attempts then return {'exhausted'} end
local meeting, participant, precheck, taken_at =
    unpack(redis.call('HMGET', job, 'meeting', 'participant', 'precheck', 'taken_at'))
-- Not in KEYS: the caller knows only the job's id; the participant is in its hash.
if redis.call('GET', 'pace:' .. participant) == erased then return {'erased'} end
redis.call('HINCRBY', job, 'attempts', 1)
redis.call('HSET', job, 'status', 'running')
-- A second person is looked for in every third frame, and in all while a suspicion lasts.
-- Not in KEYS: the participant, as above.
local judged = tonumber(redis.call('HGET', 'seen:' .. participant, 'frames') or 0)
-- Not in KEYS: the participant, as above.
local has_suspicion = redis.call('EXISTS', 'doubt:' .. participant) == 1
local look = (judged % 3 == 0 or has_suspicion) and 1 or 0
-- Not in KEYS: the participant, as above.
local quality = redis.call('GET', 'quality:' .. participant)
-- Not in KEYS: the meeting is also in the job's hash.
local rules = redis.call('GET', 'rules:' .. meeting)
return {'claimed', picture, meeting, participant, precheck, taken_at, look, quality, rules}
