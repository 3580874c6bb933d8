-- Accept a frame as a job, or refuse it. Idempotent: a repeated call for the same job changes nothing.
--
-- KEYS: 1 job:{id}                hash, created
--       2 frame:{id}              the picture, created
--       3 jobs:open               sorted set of job ids by deadline
--       4 jobs:counts             hash of counters
--       5 pace:{participant}      when their next frame would come at the steady rate; `inf` once erased
--       6 frames                  Celery's queue, a list
--       7 jobs:turn               seconds per job, measured
--       8 doubt:{participant}     exists while a suspicion lasts
--       9 jobs:waiting            sorted set of queued jobs by taken_at
--       10 outcome:{id}           exists if the job is done
--       11 jobs:deferred          exists while jobs may be deferred
-- ARGV: 1 job id   2 meeting id   3 participant id   4 precheck, 0 or 1   5 the picture
--       6 Celery's message
-- CONSTANTS, which admission.py puts before this text: ttl, wait_budget, max_backlog, interval, busy_interval,
--       burst, keep, initial_seconds_per_job, max_tickets
-- RETURNS: {'accepted', load factor from 0 to 1, '1' while a suspicion lasts else '0'}
--          {'too_fast', seconds until the next frame is accepted, `inf` for an erased participant}
--          {'full', '1'} at max_backlog open jobs
--          {'busy', '1'} when the verdict might take too long
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local job, frame, open, counts, pace, queue, seconds_per_job, suspicion, waiting, outcome, deferred = unpack(KEYS)
local id, meeting, participant, precheck, picture, message = unpack(ARGV, 1, 6)

-- A client retries if its connection broke before the response.
local paced, mean, suspected, is_open, is_done, any_deferred =
    unpack(redis.call('MGET', pace, seconds_per_job, suspicion, frame, outcome, deferred))
suspected = suspected and '1' or '0'
-- One that failed meanwhile is judged again, and fails again.
if is_open or is_done then return {'accepted', '0', suspected} end

-- Generic cell rate algorithm: `due` is when the next frame would come at the steady rate.
local due = math.max(tonumber(paced or 0), now)
-- No participant can be this far ahead: the clock was set back. `inf` stays, so that an erased one is locked out.
if due < math.huge and due > now + interval * (burst - 1) + busy_interval then due = now end
local early = due - now - interval * (burst - 1)
if early > 0 then return {'too_fast', tostring(early)} end
local backlog = redis.call('ZCARD', open)
if backlog >= max_backlog then return {'full', '1'} end
local load_factor = backlog / max_backlog

-- Deferred jobs have a later deadline. They wait for Postgres, not for a worker, so they do not count.
local open_before = any_deferred and redis.call('ZCOUNT', open, '-inf', now + ttl) or backlog
-- If no job waits, the frame is always accepted: a worker is free, or none runs and this frame reveals it.
local oldest_taken_at = open_before > 0 and redis.call('ZRANGE', waiting, 0, 0, 'WITHSCORES')[2]
if oldest_taken_at then
    local waited = now - oldest_taken_at
    local to_wait = (open_before + 1) * (mean or initial_seconds_per_job)
    load_factor = math.max(load_factor, math.max(waited, to_wait) / wait_budget)
end
if load_factor >= 1 then return {'busy', '1'} end

due = due + interval + (busy_interval - interval) * load_factor
redis.call('SET', pace, due, 'EX', math.ceil(due - now) + 1)
-- `ahead` is open_before. The field keeps its name: old and new workers read it during an upgrade.
redis.call('HSET', job, 'status', 'queued', 'meeting', meeting, 'participant', participant,
           'precheck', precheck, 'taken_at', now, 'deadline', now + ttl, 'ahead', open_before, 'attempts', 0)
redis.call('EXPIRE', job, ttl + keep)
redis.call('SET', frame, picture, 'EX', ttl + keep)
redis.call('ZADD', open, now + ttl, id)
redis.call('HINCRBY', counts, 'accepted', 1)
redis.call('ZADD', waiting, now, id)
-- A message is a ticket: it says that there is work. A worker that has one judges until no frame waits, so a few in the
-- queue are enough for any number of frames.
local tickets = redis.call('LLEN', queue)
if tickets == 0 or tickets < max_tickets and tickets < redis.call('ZCARD', waiting) then
    redis.call('LPUSH', queue, message)
end
return {'accepted', tostring(load_factor), suspected}
