-- One look at the kitchen, all of one moment: who is on the roster, who has which order, what the crew is
-- told, and when the orders that wait for another attempt are due.
--
-- ask.retrying   ids of orders that are RETRY; of those that are not any more nothing is told
-- Answers {roster, cooking (both flat: name, value, ...), {mode, paused}, list of ms ('' for none),
-- now in ms}.

local due = {}
for i, id in ipairs(ask.retrying) do
  local order = look(id, { 'id', 'status', 'attempt', 'priority' })
  local at_ms = order and order.status == 'RETRY' and redis.call('ZSCORE', key('queue'), slip(order))
  if at_ms then
    at_ms = at_ms - (held() and NEVER_MS or 0) + (order.priority and AHEAD_MS or 0)
    due[i] = integer(at_ms)
  else
    due[i] = ''
  end
end
return { redis.call('HGETALL', key('crew')), redis.call('HGETALL', key('cooking')),
  redis.call('MGET', key('mode'), key('paused')), due, now }
