-- Remove minutes that were written to Postgres, unless a frame was added since they were read: then it has another
-- score and is written again.
--
-- KEYS: 1 timeline:due   sorted set of minutes with frames
-- ARGV: for each minute its member and the score that was read
-- RETURNS: nothing
local due = KEYS[1]
for i = 1, #ARGV, 2 do
    if tonumber(redis.call('ZSCORE', due, ARGV[i])) == tonumber(ARGV[i + 1]) then redis.call('ZREM', due, ARGV[i]) end
end
