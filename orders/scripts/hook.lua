-- What became of an attempt to deliver a web hook, or that it shall be sent again: ask.id, and
--   ask.line      "at_ms took_ms outcome" of the attempt
--   ask.state     waiting (for the next attempt), delivered, failed, gone
--   ask.next_ms   with waiting: how long until the next attempt
-- or none of these: send it again, now, with all attempts it had at first.
-- Answers the delivery as a flat list, empty when there is none.

local LONGEST = 4000 -- characters of attempts; the oldest go first

local name = key('hook:' .. ask.id)
if redis.call('EXISTS', name) == 0 then return {} end

if ask.line then
  local attempts = redis.call('HGET', name, 'attempts') .. ask.line .. '\n'
  while #attempts > LONGEST do attempts = attempts:gsub('^[^\n]*\n', '') end
  redis.call('HINCRBY', name, 'tries', 1)
  redis.call('HSET', name, 'attempts', attempts, 'state', ask.state,
    'next_ms', integer(now_ms + (ask.next_ms or 0)))
else
  local last = hook_job(ask.id, redis.call('HGET', name, 'row'))
  redis.call('ZREM', key('errands'), last)
  redis.call('DEL', 'arq:job:' .. last, 'arq:retry:' .. last)
  redis.call('HSET', name, 'state', 'waiting', 'tries', '0', 'next_ms', now)
  put_hook(ask.id, redis.call('HINCRBY', name, 'row', 1))
  ring_for_errands()
end

local delivery = redis.call('HGETALL', name)
if ask.line and ask.state ~= 'waiting' and not redis.call('ZSCORE', key('hooks'), ask.id) then
  redis.call('DEL', name) -- it is not listed any more
end
return delivery
