-- An order that waits for the crew goes first, before all others, or back to its place in the line.
--
-- ask.id, ask.by, ask.priority   true: first; false: where it stood by the time it was placed
-- Answers {outcome, order}: moved, unchanged (it is so already), refused (it does not wait), unknown.

local order = read(ask.id)
if not order then return { 'unknown', '' } end
if (order.priority == '1') == ask.priority then return { 'unchanged', cjson.encode(order) } end
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

local due_ms = (ask.priority and now_ms or tonumber(order.placed_ms)) + (people_cook() and NEVER_MS or 0)
redis.call('ZADD', key('queue'), 'XX', place_in_queue(order, due_ms), slip(order))
if not people_cook() then ring() end -- it may have waited for its time, in a kitchen that has nothing to do
announce()
-- The board shows nothing of this; the kitchen's screens do, and who follows this order.
redis.call('PUBLISH', key('changes'), '{"touched":"' .. order.id .. '"}')
return { 'moved', cjson.encode(order) }
