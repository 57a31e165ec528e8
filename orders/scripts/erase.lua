-- Erase an order that is over. Nothing is kept of it, neither what was ordered nor by whom; only
-- its idempotency key still tells, for a day, that there was one, so that nothing is ordered twice.
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
-- No board shows it; the kitchen's screens may, and whoever waits for its next change.
redis.call('PUBLISH', key('changes'), '{"touched":"' .. order.id .. '"}')
return { 'erased', '' }
