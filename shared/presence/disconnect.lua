-- Delete a page's connection that has ended, unless a newer one has replaced it.
--
-- KEYS: 1 connected:{participant}   the id of the page's connection
-- ARGV: 1 the id of the ended connection
-- RETURNS: nothing
local connected, connection = KEYS[1], ARGV[1]
if redis.call('GET', connected) == connection then redis.call('DEL', connected) end
