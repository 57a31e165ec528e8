-- Erase an order that is over. Nothing is kept of it, neither what was ordered nor by whom; only
-- its idempotency key still tells, for a day, that there was one, so that nothing is ordered twice. Of
-- the web hooks the listed ones go, also those that still wait: nobody is told of it any more.
--
-- ask.id
-- ask.after   if given: only while the order's history has so many lines
-- Answers {outcome, order}: erased, refused (it is still open), moved_on (not as it was seen), unknown.

local order = read(ask.id)
if not order then return { 'unknown', '' } end
if order.status ~= 'COLLECTED' and order.status ~= 'REVOKED' then
  return { 'refused', cjson.encode(order) }
end
if not is_as_seen(order, ask.after) then return { 'moved_on', cjson.encode(order) } end
redis.call('DEL', key('order:' .. order.id))
redis.call('ZREM', key('placed'), order.id)
redis.call('ZREM', key('collected'), order.id)
if redis.call('HGET', key('references'), order.reference) == order.id then
  redis.call('HDEL', key('references'), order.reference) -- nobody can recall it any more
end
for _, hook in ipairs(redis.call('ZRANGE', key('hooks'), 0, -1)) do
  local told = redis.call('HGET', key('hook:' .. hook), 'order')
  if told and told:find('"id":"' .. order.id .. '"', 1, true) then
    redis.call('DEL', key('hook:' .. hook))
    redis.call('ZREM', key('hooks'), hook)
  end
end

-- A cook's last answer (claim.lua) names its slip until he gets another one. The slip is void: should he
-- ask for that answer again, he does not miss it.
local answers = redis.call('HGETALL', key('claims'))
for i = 1, #answers, 2 do
  if answers[i + 1]:find(':' .. order.id .. ':', 1, true) then
    local last = cjson.decode(answers[i + 1])
    local others = {}
    for _, slip_of in ipairs(last.slips) do
      if not slip_of[1]:find(':' .. order.id .. ':', 1, true) then others[#others + 1] = slip_of end
    end
    redis.call('HSET', key('claims'), answers[i],
      cjson.encode({ number = last.number, slips = others }))
  end
end

-- No board shows it; the kitchen's screens may, and whoever waits for its next change.
redis.call('PUBLISH', key('changes'), '{"touched":"' .. order.id .. '"}')
return { 'erased', '' }
