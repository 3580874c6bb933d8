-- Record what a judged frame says about the person, unless they were erased meanwhile. Frames may come in any order.
-- Idempotent, except that `frames` counts a frame again that is judged again.
--
-- KEYS: 1 seen:{participant}        hash: taken_at, sight (a FrameState), faces and quality (of the picture) of the newest
--                                   frame, verified_at, hidden_since, frames (how many were judged)
--       2 thumbnail:{participant}   the newest frame, small
--       3 coverage:{participant}    hash: the most significant state of each minute
--       4 pace:{participant}        tells whether they were erased
--       5 quality:{participant}     quality of the newest picture, with which the next is judged
-- ARGV: 1 taken_at   2 state: v, f, n, d or h   3 faces   4 thumbnail   5 seconds that the first key is kept
--       6 seconds that the thumbnail is kept   7 minutes of coverage   8 the pace of an erased participant
--       9 quality of the picture   10 seconds that the fifth key is kept
-- RETURNS: nothing
local seen, thumbnail, coverage, pace, last_quality = unpack(KEYS)
local taken_at, state, faces, picture, keep_seen, keep_thumbnail, minutes, erased, quality, keep_quality = unpack(ARGV)
if redis.call('GET', pace) == erased then return end

local rank = {n = 1, d = 2, h = 3, v = 4, f = 5}
local minute = math.floor(taken_at / 60)
local known = redis.call('HGET', coverage, minute)
if not known or rank[state] > rank[known] then redis.call('HSET', coverage, minute, state) end
local newest_at, verified_at, hidden_since, frames =
    unpack(redis.call('HMGET', seen, 'taken_at', 'verified_at', 'hidden_since', 'frames'))
if not known then
    -- Once a minute.
    for _, old in ipairs(redis.call('HKEYS', coverage)) do
        if tonumber(old) <= minute - minutes then redis.call('HDEL', coverage, old) end
    end
    redis.call('EXPIRE', coverage, (minutes + 1) * 60)
end

local function is_newer(than) return tonumber(taken_at) >= tonumber(than or 0) end
local fields = {'frames', (frames or 0) + 1}
local function set(field, value)
    table.insert(fields, field)
    table.insert(fields, value)
end
if state == 'v' and is_newer(verified_at) then set('verified_at', taken_at) end
-- Workers finish in any order: an older frame must not hide a newer one.
if is_newer(newest_at) then
    if state == 'h' then
        if not hidden_since then set('hidden_since', taken_at) end
        -- A gateway of the previous release does not know the state h, and reads the frame as nobody.
        state = 'n'
    elseif state ~= 'f' and hidden_since then
        redis.call('HDEL', seen, 'hidden_since')
    end
    set('taken_at', taken_at)
    set('sight', state)
    set('faces', faces)
    set('quality', quality)
    redis.call('SET', thumbnail, picture, 'EX', keep_thumbnail)
    redis.call('SET', last_quality, quality, 'EX', keep_quality)
end
redis.call('HSET', seen, unpack(fields))
if not known or not newest_at then redis.call('EXPIRE', seen, keep_seen) end
