-- Read a job.
--
-- KEYS: 1 job:{id}   2 outcome:{id}
-- ARGV: 1 the pace of an erased participant
-- RETURNS: a flat list of its fields and values, the only one `record` if it is done, see records.py; with
--          has_messages = 1 added while its participant may have messages to read; an empty list if the job is unknown
--          or its participant was erased
local erased_pace = ARGV[1]
local UUID = '%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x'
local fields, participant
local record = redis.call('GET', KEYS[2])
if record then
    fields, participant = {'record', record}, string.format(UUID, string.byte(record, 1, 16))
else
    fields = redis.call('HGETALL', KEYS[1])
    for field = 1, #fields, 2 do
        if fields[field] == 'participant' then participant = fields[field + 1] end
    end
end
if not participant then return fields end
-- Not in KEYS: the caller knows only the job's id; the participant is in its hash.
local pace, undelivered = unpack(redis.call('MGET', 'pace:' .. participant, 'undelivered:' .. participant))
if pace == erased_pace then return {} end
if undelivered then
    table.insert(fields, 'has_messages')
    table.insert(fields, '1')
end
return fields
