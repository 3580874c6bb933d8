-- Find open jobs without progress while the queue is empty: their message was lost. Records when each was found,
-- so that it is found again only after the same time.
--
-- KEYS: 1 jobs:open   2 frames: Celery's queue
-- ARGV: 1 seconds without progress for a queued job   2 for a running one
-- RETURNS: at most 1,000 job ids
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local open, queue = unpack(KEYS)
local max_age = {queued = tonumber(ARGV[1]), running = tonumber(ARGV[2])}

-- A message that still waits in the queue is not lost.
if redis.call('LLEN', queue) > 0 then return {} end
local stalled = {}
-- Skip jobs past their deadline: a worker would refuse them as too old.
for _, id in ipairs(redis.call('ZRANGE', open, now, '+inf', 'BYSCORE', 'LIMIT', 0, 1000)) do
    -- Not in KEYS: which jobs are open is known only here.
    local job = 'job:' .. id
    local status, taken_at, open_before, sent_at =
        unpack(redis.call('HMGET', job, 'status', 'taken_at', 'ahead', 'sent_at'))
    -- A deferred job has no `ahead`. Its message waits in a worker.
    if status and open_before and now - (sent_at or taken_at) > max_age[status] then
        redis.call('HSET', job, 'sent_at', now)
        stalled[#stalled + 1] = id
    end
end
return stalled
