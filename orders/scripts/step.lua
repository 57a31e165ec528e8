-- A cook has finished a step of a recipe, and what came of it is kept with the order.
--
-- ask.id, ask.attempt, ask.held_by
-- ask.mark     "<number of the portion> <sku> <name>", what tells one step from another
-- ask.result   JSON without line breaks
-- ask.most     so many bytes an order's steps may take
-- Answers 1 (kept, now or before), 0 when the cook has lost the order, -1 when there is no room.

local order = look(ask.id, { 'id', 'status', 'attempt', 'cook', 'steps' })
if not order or order.status ~= 'STARTED' or tonumber(order.attempt) ~= ask.attempt
  or order.cook ~= ask.held_by then
  return 0
end
local steps = order.steps or ''
for line in steps:gmatch('[^\n]+') do
  if line:match('^%S+ (%S+ %S+ %S+) ') == ask.mark then return 1 end
end
steps = steps .. now .. ' ' .. ask.mark .. ' ' .. ask.result .. '\n'
if #steps > ask.most then return -1 end
write(order, { steps = steps })
redis.call('PUBLISH', key('changes'), '{"touched":"' .. order.id .. '"}')
return 1
