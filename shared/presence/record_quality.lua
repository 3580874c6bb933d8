-- Record the quality of a participant's newest picture, unless they were erased meanwhile. Idempotent.
--
-- KEYS: 1 picture:{participant}   2 pace:{participant}, which tells whether they were erased
-- ARGV: 1 quality   2 seconds that it is kept   3 the pace of an erased participant
-- RETURNS: nothing
local picture, pace = unpack(KEYS)
local quality, keep, erased = unpack(ARGV)
if redis.call('GET', pace) ~= erased then redis.call('SET', picture, quality, 'EX', keep) end
