-- Delete a page's connection that has ended, unless a newer one has replaced it, and note why.
--
-- KEYS: 1 connected:{participant}     the id of the page's connection
--       2 interrupted:{participant}   the interruption that lasts, without its end
--       3 timeline:interruptions      set of interruptions to be written to Postgres
-- ARGV: 1 the id of the ended connection   2 the interruption without its end, empty for none
--       3 seconds that the second key is kept
-- RETURNS: nothing
local connected, interrupted, interruptions = unpack(KEYS)
local connection, interruption, keep = unpack(ARGV)
if redis.call('GET', connected) ~= connection then return end
redis.call('DEL', connected)
if interruption == '' then return end
redis.call('SET', interrupted, interruption, 'EX', keep)
redis.call('SADD', interruptions, interruption .. ' -')
