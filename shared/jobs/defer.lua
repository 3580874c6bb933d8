-- Put a claimed job back, its attempt not counted, with a later deadline: Postgres is down.
--
-- KEYS: 1 job:{id}   2 frame:{id}   3 jobs:open   4 jobs:deferred
-- ARGV: 1 job id   2 the new deadline, in seconds after the frame was taken
--       3 seconds that the job is kept after its deadline
-- RETURNS: nothing
local job, frame, open, deferred = unpack(KEYS)
local id, seconds, keep = unpack(ARGV)

-- If the message was delivered twice, another worker may have ended the job.
if redis.call('HGET', job, 'status') ~= 'running' then return end
-- Relative to taken_at, so that deferring it again does not extend it.
local deadline = redis.call('HGET', job, 'taken_at') + seconds
redis.call('HSET', job, 'status', 'queued', 'deadline', deadline)
redis.call('HDEL', job, 'ahead')
redis.call('HINCRBY', job, 'attempts', -1)
redis.call('SET', deferred, 1, 'EX', seconds)
redis.call('EXPIRE', job, seconds + keep)
redis.call('EXPIRE', frame, seconds + keep)
redis.call('ZADD', open, 'XX', deadline, id)
