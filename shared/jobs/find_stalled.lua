-- Find open jobs without progress: their message or their worker was lost. A running one is queued again. Records when
-- each was found, so that it is found again only after the same time.
--
-- KEYS: 1 jobs:open   2 frames: Celery's queue
-- ARGV: 1 seconds without progress for a queued job   2 for a running one
-- RETURNS: at most 1,000 job ids
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local open, queue = unpack(KEYS)
local max_age = {queued = tonumber(ARGV[1]), running = tonumber(ARGV[2])}

-- While messages wait in the queue, queued jobs wait for their turn.
if redis.call('LLEN', queue) > 0 then max_age.queued = math.huge end
local stalled = {}
-- Skip jobs past their deadline: a worker would refuse them as too old.
for _, id in ipairs(redis.call('ZRANGE', open, now, '+inf', 'BYSCORE', 'LIMIT', 0, 1000)) do
    -- Not in KEYS: which jobs are open is known only here.
    local job = 'job:' .. id
    local status, taken_at, open_before, sent_at, claimed_at =
        unpack(redis.call('HMGET', job, 'status', 'taken_at', 'ahead', 'sent_at', 'claimed_at'))
    local since = math.max(taken_at or 0, sent_at or 0, claimed_at or 0)
    -- A queued job without `ahead` is deferred. Its message waits in a worker.
    if status and (open_before or status == 'running') and now - since > max_age[status] then
        redis.call('HSET', job, 'status', 'queued', 'sent_at', now)
        stalled[#stalled + 1] = id
    end
end
return stalled
