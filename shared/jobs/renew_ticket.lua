-- Send another ticket if jobs wait, unless enough are in the queue.
--
-- KEYS: 1 jobs:waiting   2 frames: Celery's queue
-- ARGV: 1 Celery's message   2 how many tickets in the queue are enough
-- RETURNS: nothing
local waiting, queue = unpack(KEYS)
local tickets = redis.call('LLEN', queue)
if tickets < tonumber(ARGV[2]) and tickets < redis.call('ZCARD', waiting) then redis.call('LPUSH', queue, ARGV[1]) end
