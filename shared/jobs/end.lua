-- End a job as failed or expired. Only the first call has an effect. finish.lua ends it as done.
--
-- KEYS: 1 job:{id}   2 frame:{id}   3 jobs:open   4 jobs:counts   5 jobs:waiting
-- ARGV: 1 job id   2 new status   3 error   4 seconds that the ended job is kept   5 the channel to publish its id on
--       6 optional: end the job only if it has this status
-- RETURNS: 1 if the job was ended, else 0
local job, frame, open, counts, waiting = unpack(KEYS)
local id, status, error, keep, channel, only = unpack(ARGV)

local before = redis.call('HGET', job, 'status')
if only and before ~= only then return 0 end
redis.call('ZREM', open, id)
if before ~= 'queued' and before ~= 'running' then return 0 end
redis.call('HSET', job, 'status', status, 'error', error)
redis.call('EXPIRE', job, keep)
if before == 'queued' then redis.call('ZREM', waiting, id) end
redis.call('DEL', frame)
redis.call('HINCRBY', counts, status, 1)
redis.call('PUBLISH', channel, id)
return 1
