-- Functions that change a presence, the table that is stored as JSON in presence:{participant}; the scripts of this
-- folder come after this text. They call no command, so that each script reads once and writes once. Constants:
-- coverage_minutes, gap_seconds, min_frames.
--
-- KEYS: none
-- ARGV: none
-- RETURNS: nothing

local rank = {['-'] = 0, n = 1, d = 2, h = 3, v = 4, f = 5}

-- Record the state of a minute unless a more significant one is known.
local function cover(presence, minute, state)
    local letters, newest = presence.coverage or string.rep('-', coverage_minutes), presence.coverage_minute or minute
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

local function set_quality(presence, quality, now)
    presence.last_quality, presence.quality_at = quality, now
end

-- Record what a judged frame says about the person. Frames may come in any order. Idempotent, except that `frames`
-- counts a frame again that is judged again. Return whether it is the newest.
local function record_frame(presence, taken_at, state, faces, quality)
    local at = tonumber(taken_at)
    cover(presence, math.floor(at / 60), state)
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

-- The last frames are one string, by time: job, state, digest and taken_at of each. Only the start of the job's id is
-- kept. Further states are used only here, for frames of a run that is flagged: N (nobody) and H (face hidden) for
-- the frame that flags it, F and G for the later ones.
local function parse_observations(text)
    local frames = {}
    for job, state, digest, taken_at in string.gmatch(text or '', '(%S+) (%a) (%S*) (%S+);') do
        frames[#frames + 1] = {job = job, state = state, digest = digest, taken_at = taken_at, at = tonumber(taken_at)}
    end
    return frames
end

local function format_observations(frames)
    local records = {}
    for i, frame in ipairs(frames) do
        records[i] = string.format('%s %s %s %s;', frame.job, frame.state, frame.digest, frame.taken_at)
    end
    return table.concat(records)
end

-- Insert a frame by time, unless it is known: a frame that is judged again keeps its first state. Frames more than
-- `keep` seconds older than the newest are dropped. Return the frames, and the place of this one if it is kept.
local function insert_observation(text, job, taken_at, state, digest, keep)
    local new = {job = string.sub(job, 1, 13), state = state, digest = digest, taken_at = taken_at, at = tonumber(taken_at)}
    local known, frames, this = parse_observations(text), {}, nil
    local newest = math.max(new.at, #known > 0 and known[#known].at or 0)
    local place = 1
    for _, frame in ipairs(known) do
        if frame.at > newest - keep then
            frames[#frames + 1] = frame
            if frame.job == new.job then this = #frames end
            if frame.at < new.at then place = #frames + 1 end
        end
    end
    if not this and new.at > newest - keep then
        table.insert(frames, place, new)
        this = place
    end
    return frames, this
end
