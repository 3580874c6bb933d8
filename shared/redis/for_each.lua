-- Run one script for many calls in one round trip. script.py puts `run`, the script as a function, and
-- `keys_per_call` before this text. All calls have the same number of arguments.
--
-- KEYS: the keys of the first call, then those of the second, and so on
-- ARGV: the arguments, in the same order
-- RETURNS: a list with the result of each call
local results, arguments_per_call = {}, #ARGV / #KEYS * keys_per_call
for call = 0, #KEYS / keys_per_call - 1 do
    local keys, arguments = {}, {}
    for i = 1, keys_per_call do keys[i] = KEYS[call * keys_per_call + i] end
    for i = 1, arguments_per_call do arguments[i] = ARGV[call * arguments_per_call + i] end
    results[call + 1] = run(keys, arguments)
end
return results
