-- Claim a job: count the attempt and hand out the picture. Either the ticket's own job, or else the job that this ticket
-- still holds, or the one waiting longest. claim_functions.lua comes before this text.
--
-- KEYS: 1 jobs:waiting     sorted set of queued jobs by taken_at
--       2 run:{ticket}     the last job claimed with this ticket, unless it is its own
-- ARGV: 1 ticket: the id in Celery's message, which is that of a job   2 'own' or 'next'
-- RETURNS: {'claimed', job id, picture, meeting id, participant id, precheck, taken_at,
--           1 to look for a second person or else 0, quality of the picture before or null, cached rules or null}
--          or {reason, job id}, with nothing changed: 'unknown', 'ended', 'too_old', 'exhausted', 'erased',
--          'taken': it is claimed with another ticket; or {'none'} if no job waits
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local waiting, run = unpack(KEYS)
local ticket, which = unpack(ARGV)

if which == 'next' then return claim_held(ticket, run, now) or claim_oldest(waiting, ticket, run, now) end
local result = claim(ticket, ticket, run, now)
if result[1] == 'claimed' then redis.call('ZREM', waiting, ticket) end
return result
