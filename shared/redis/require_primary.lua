-- Fail on a replica, which refuses to write. Put before a script that may write nothing, with the constant no_key of
-- primary.py.
--
-- KEYS: none
-- ARGV: none
-- RETURNS: nothing
redis.call('DEL', no_key)
