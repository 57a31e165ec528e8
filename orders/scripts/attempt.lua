-- An attempt at the staff's PIN. The book counts different wrong ones; what was typed it never learns.
--
-- ask.digest   of what was typed
-- ask.right    whether it was the PIN
-- ask.limits   list of {name, most, lasts_ms}: so many wrong ones under this name within that time are
--              heard, and then none, not even a right one
-- Answers for how many ms nothing more is heard; 0: this attempt was.

local wait_ms = 0
for _, limit in ipairs(ask.limits) do
  local seen = key('wrong_pins' .. limit.name)
  if redis.call('SCARD', seen) >= limit.most then
    wait_ms = math.max(wait_ms, redis.call('PTTL', seen), 1)
  end
end
if wait_ms > 0 or ask.right then return wait_ms end
for _, limit in ipairs(ask.limits) do
  local seen = key('wrong_pins' .. limit.name)
  redis.call('SADD', seen, ask.digest)
  if redis.call('PTTL', seen) < 0 then redis.call('PEXPIRE', seen, integer(limit.lasts_ms)) end
end
return 0
