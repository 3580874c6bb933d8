-- Record the quality of a picture of the camera check, unless the participant was erased meanwhile. Idempotent.
--
-- KEYS: 1 quality:{participant}   2 pace:{participant}, which tells whether they were erased
-- ARGV: 1 quality   2 seconds that it is kept   3 the pace of an erased participant
-- RETURNS: nothing
local last_quality, pace = unpack(KEYS)
local quality, keep, erased = unpack(ARGV)
if redis.call('GET', pace) ~= erased then redis.call('SET', last_quality, quality, 'EX', keep) end
