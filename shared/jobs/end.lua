-- End a job as done, failed or expired. Only the first call has an effect.
--
-- KEYS: 1 job:{id}   2 frame:{id}   3 jobs:open   4 jobs:counts   5 jobs:last   6 jobs:turn
--       7 jobs:waiting
-- ARGV: 1 job id   2 new status   3 and 4 a field of the job and its value
--       5 seconds that the ended job is kept   6 the channel to publish its id on
--       7 initial seconds per job   8 optional: end the job only if it has this status
-- RETURNS: how many seconds ago the frame was taken; null when nothing was changed
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local job, frame, open, counts, last, seconds_per_job, waiting = unpack(KEYS)
local id, status, field, value, keep, channel, initial_seconds_per_job, only = unpack(ARGV)

-- `ahead` is how many jobs were open before this one.
local fields = redis.call('HMGET', job, 'status', 'taken_at', 'ahead', 'attempts')
local before, taken_at, open_before, attempts = unpack(fields)
if only and before ~= only then return false end
redis.call('ZREM', open, id)
if before ~= 'queued' and before ~= 'running' then return false end
redis.call('HSET', job, 'status', status, field, value)
redis.call('EXPIRE', job, keep)
if before == 'queued' then redis.call('ZREM', waiting, id) end
redis.call('DEL', frame)
redis.call('HINCRBY', counts, status, 1)
if status == 'done' then
    redis.call('SET', last, now)
    -- In this time the jobs before it and the job itself were judged. A job that was deferred or claimed twice
    -- yields no sample. The more jobs a sample covers, the more it weighs in the moving average.
    if open_before and attempts == '1' then
        local sample = (now - taken_at) / (open_before + 1)
        local mean = redis.call('GET', seconds_per_job) or initial_seconds_per_job
        mean = mean + (sample - mean) * (open_before + 1) / (open_before + 10)
        redis.call('SET', seconds_per_job, mean, 'EX', 60)
    end
end
redis.call('PUBLISH', channel, id)
return tostring(now - taken_at)
