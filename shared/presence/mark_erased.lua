-- Mark a participant as erased and delete their presence, in one step: later scripts find the mark.
--
-- KEYS: 1 pace:{participant}, which becomes the mark; the rest are deleted
-- ARGV: 1 the mark   2 seconds that it is kept
-- RETURNS: 1 if the participant was already marked, else 0
local pace = KEYS[1]
local mark, keep = unpack(ARGV)
local before = redis.call('GET', pace)
redis.call('SET', pace, mark, 'EX', keep)
redis.call('DEL', unpack(KEYS, 2))
return before == mark and 1 or 0
