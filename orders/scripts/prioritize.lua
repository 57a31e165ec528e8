-- An order that waits for the crew goes first, before all others, or back to its place in the line.
--
-- ask.id, ask.by, ask.priority   true: first; false: where it stood by the time it was placed
-- ask.after                      if given: only while the order's history has so many lines
-- Answers {outcome, order}: moved, unchanged (it is so already), moved_on (not as it was seen), refused (it
-- does not wait), unknown.

local order = read(ask.id)
if not order then return { 'unknown', '' } end
if (order.priority == '1') == ask.priority then return { 'unchanged', cjson.encode(order) } end
if not is_as_seen(order, ask.after) then return { 'moved_on', cjson.encode(order) } end
if order.status ~= 'PENDING' and order.status ~= 'RETRY' then
  return { 'refused', cjson.encode(order) }
end

if ask.priority then
  write(order, { priority = '1' })
else
  forget(order, 'priority')
end
local word = ask.priority and ':priority' or ':no-priority'
write(order, { history = note(order, order.status, ask.by .. word) })

local due_ms = (ask.priority and now_ms or tonumber(order.placed_ms)) + (held() and NEVER_MS or 0)
redis.call('ZADD', key('queue'), 'XX', place_in_queue(order, due_ms), slip(order))
if not held() then ring() end -- it may have waited for its time, in a kitchen that has nothing to do
-- The board shows nothing new; but the line is another one, and the kitchen's screens show it.
local ticket = redis.call('HGET', key('board'), order.id) or ''
show(order, true, ticket:match('"since_ms":(%d+)'))
announce()
return { 'moved', cjson.encode(order) }
