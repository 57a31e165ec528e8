-- A web process adds what it has counted itself, and tells how it is.
--
-- ask.process   its name
-- ask.number    grows with each time, so that a message sent again is not counted again
-- ask.counts    by name, as in counts.lua; may be empty
-- ask.report    JSON that others may read; without it the process says goodbye
-- ask.kept_ms   reports older than this are thrown away: their process was killed

local function at_and_number(kept)
  local at, number = (kept or ''):match('^(%d+) (%d+) ')
  return tonumber(at) or 0, tonumber(number) or 0
end

local _, last = at_and_number(redis.call('HGET', key('web'), ask.process) or nil)
if ask.number <= last then return end
for name, by in pairs(ask.counts) do count(name, by) end
announce()

if ask.report then
  redis.call('HSET', key('web'), ask.process, now .. ' ' .. integer(ask.number) .. ' ' .. ask.report)
else
  redis.call('HDEL', key('web'), ask.process)
end
local reports = redis.call('HGETALL', key('web'))
for i = 1, #reports, 2 do
  if at_and_number(reports[i + 1]) < now_ms - ask.kept_ms then redis.call('HDEL', key('web'), reports[i]) end
end
