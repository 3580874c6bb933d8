-- Note that a page has connected: an interruption that lasted has ended.
--
-- KEYS: 1 connected:{participant}     the id of the page's connection
--       2 interrupted:{participant}   the interruption that lasts, without its end
--       3 timeline:interruptions      set of interruptions to be written to Postgres
-- ARGV: 1 the id of the connection   2 seconds that the first key is kept   3 now, in seconds since 1970
-- RETURNS: nothing
local connected, interrupted, interruptions = unpack(KEYS)
local connection, keep, now = unpack(ARGV)
redis.call('SET', connected, connection, 'EX', keep)
local interruption = redis.call('GETDEL', interrupted)
if interruption then redis.call('SADD', interruptions, interruption .. ' ' .. now) end
