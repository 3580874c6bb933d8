-- Send another ticket at the end of a run, unless as many as jobs wait are in the queue.
--
-- KEYS: 1 jobs:waiting   2 frames: Celery's queue
-- ARGV: 1 Celery's message
-- RETURNS: nothing
local waiting, queue = unpack(KEYS)
if redis.call('ZCARD', waiting) > redis.call('LLEN', queue) then redis.call('LPUSH', queue, ARGV[1]) end
