-- Read many jobs.
--
-- KEYS: job:{id} of each
-- ARGV: 1 the pace of an erased participant
-- RETURNS: for each job a flat list of its fields and values, with has_messages = 1 added while its participant may
--          have messages to read; an empty list if the job is unknown or its participant was erased
local erased_pace = ARGV[1]
local jobs = {}
for i, job in ipairs(KEYS) do
    local fields = redis.call('HGETALL', job)
    local participant
    for field = 1, #fields, 2 do
        if fields[field] == 'participant' then participant = fields[field + 1] end
    end
    -- Not in KEYS: the caller knows only the job's id; the participant is in its hash.
    local erased = participant and redis.call('GET', 'pace:' .. participant) == erased_pace
    jobs[i] = erased and {} or fields
    -- Not in KEYS: for the same reason.
    if #jobs[i] > 0 and redis.call('EXISTS', 'undelivered:' .. participant) == 1 then
        table.insert(jobs[i], 'has_messages')
        table.insert(jobs[i], '1')
    end
end
return jobs
