-- Find open jobs whose deadline has passed: their message was lost.
--
-- KEYS: 1 jobs:open
-- ARGV: 1 minimum seconds since the deadline
-- RETURNS: at most 1,000 job ids
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
return redis.call('ZRANGE', KEYS[1], '-inf', now - ARGV[1], 'BYSCORE', 'LIMIT', 0, 1000)
