-- Functions that change a presence, the table that is stored as JSON in presence:{participant}; the scripts of this
-- folder come after this text. They call no command, so that each script reads once and writes once. Constants:
-- coverage_minutes, timeline_minutes, gap_seconds, min_frames.
--
-- KEYS: none
-- ARGV: none
-- RETURNS: nothing

local rank = {['-'] = 0, n = 1, d = 2, h = 3, v = 4, f = 5}

-- Record the state of a minute unless a more significant one is known.
local function cover(presence, minute, state, now)
    local letters, newest = presence.coverage or string.rep('-', coverage_minutes), presence.coverage_minute or minute
    local ahead = math.min(newest - math.floor(now / 60), coverage_minutes)
    if ahead > 0 then
        letters = string.rep('-', ahead) .. string.sub(letters, 1, -ahead - 1)
        newest = math.floor(now / 60)
    end
    if minute > newest then
        letters = string.sub(letters .. string.rep('-', math.min(minute - newest, coverage_minutes)), -coverage_minutes)
        newest = minute
    end
    local place = coverage_minutes - (newest - minute)
    if place >= 1 and rank[state] > rank[string.sub(letters, place, place)] then
        letters = string.sub(letters, 1, place - 1) .. state .. string.sub(letters, place + 1)
    end
    presence.coverage, presence.coverage_minute = letters, newest
end

-- Count a frame in its minute. The minutes with frames are one string, the one that began last first: minute, state,
-- frames, most faces. They are kept in that order, not by time, as the clock may be set back. Return whether the
-- minute is new.
local function count_in_minute(presence, minute, state, faces)
    local records = ';' .. (presence.minutes or '')
    local from, to, known, frames, most = string.find(records, string.format(';%d (%%a) (%%d+) (%%d+)', minute))
    if from then
        if rank[known] > rank[state] then state = known end
        local record = string.format(';%d %s %d %d', minute, state, frames + 1, math.max(most, faces))
        records = string.sub(records, 1, from - 1) .. record .. string.sub(records, to + 1)
    else
        local kept = {string.format(';%d %s 1 %d', minute, state, faces)}
        for record in string.gmatch(records, ';[^;]+') do
            if #kept < timeline_minutes then kept[#kept + 1] = record end
        end
        records = table.concat(kept)
    end
    presence.minutes = string.sub(records, 2)
    return not from
end

local function set_quality(presence, quality, now)
    presence.last_quality, presence.quality_at = quality, now
end

-- Record what a judged frame says about the person. Frames may come in any order. Idempotent, except that `frames`
-- counts a frame again that is judged again. Return whether it is the newest.
local function record_frame(presence, taken_at, state, faces, quality, now)
    for _, field in ipairs({'taken_at', 'verified_at', 'hidden_since'}) do
        if tonumber(presence[field] or 0) > now then presence[field] = nil end
    end
    local at = tonumber(taken_at)
    cover(presence, math.floor(at / 60), state, now)
    presence.frames = (presence.frames or 0) + 1
    if state == 'v' and at >= tonumber(presence.verified_at or 0) then presence.verified_at = taken_at end
    -- Workers finish in any order: an older frame must not hide a newer one.
    if at < tonumber(presence.taken_at or 0) then return false end
    if state == 'h' then
        presence.hidden_since = presence.hidden_since or taken_at
    elseif state ~= 'f' then
        presence.hidden_since = nil
    end
    presence.taken_at, presence.state, presence.faces, presence.quality = taken_at, state, faces, quality
    return true
end

-- The last frames are one string of records, by time: 13 characters of the job's id, which suffice, the state, 16 of the
-- picture's digest, and taken_at. Further states are used only here, for frames of a run that is flagged: N (nobody) and
-- H (face hidden) for the frame that flags it, F and G for the later ones.
local record_length = 47

local function time_of(records, place)
    return tonumber(string.sub(records, place * record_length - 16, place * record_length))
end

-- Insert a frame by time, unless it is known: a frame that is judged again keeps its first state. Frames more than
-- `keep` seconds older than the newest are dropped. Return the records, and the place of this frame if it is kept.
local function insert_record(records, job, taken_at, state, digest, keep, now)
    job, taken_at, records = string.sub(job, 1, 13), tonumber(taken_at), records or ''
    local count = #records / record_length
    while count > 0 and time_of(records, count) > now do count = count - 1 end
    records = string.sub(records, 1, count * record_length)
    local newest = math.max(taken_at, count > 0 and time_of(records, count) or 0)
    local dropped = 0
    while dropped < count and time_of(records, dropped + 1) <= newest - keep do dropped = dropped + 1 end
    records, count = string.sub(records, dropped * record_length + 1), count - dropped
    local known = string.find(records, job, 1, true)
    if known then return records, (known - 1) / record_length + 1 end
    if taken_at <= newest - keep then return records, nil end
    local place = count + 1
    while place > 1 and time_of(records, place - 1) >= taken_at do place = place - 1 end
    local split = (place - 1) * record_length
    return string.sub(records, 1, split) .. string.format('%s%s%-16.16s%017.6f', job, state, digest, taken_at) ..
               string.sub(records, split + 1), place
end

local function parse_records(records)
    local frames = {}
    for i = 1, #records / record_length do
        local before = (i - 1) * record_length
        frames[i] = {state = string.sub(records, before + 14, before + 14),
                     digest = string.sub(records, before + 15, before + 30), at = time_of(records, i)}
    end
    return frames
end

local function set_state(records, place, state)
    local before = (place - 1) * record_length + 13
    return string.sub(records, 1, before) .. state .. string.sub(records, before + 2)
end
