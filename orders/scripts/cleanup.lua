-- The clean-up looks through the orders placed before ask.before_ms, ask.at_most of them after the
-- ask.skip it has seen and left. Finished ones leave by themselves after the time that was set when they
-- were finished; here goes what stays longer than what is set now. An open order is never touched.
-- Answers {looked at, left in their place, orders erased, entries without an order}.

local erased, empty, left = 0, 0, 0
local ids = redis.call('ZRANGE', key('placed'), '-inf', integer(ask.before_ms), 'BYSCORE',
  'LIMIT', ask.skip, ask.at_most)
for _, id in ipairs(ids) do
  local name = key('order:' .. id)
  local kind = redis.call('TYPE', name).ok
  local old = kind == 'string'
    and tonumber(cjson.decode(redis.call('GET', name)).finished_ms or now) < ask.before_ms
  if old then
    redis.call('DEL', name)
    erased = erased + 1
  elseif kind == 'none' then
    empty = empty + 1
  end
  if old or kind == 'none' then
    redis.call('ZREM', key('placed'), id)
  else
    left = left + 1
  end
end
return { #ids, left, erased, empty }
