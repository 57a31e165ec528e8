-- A cook reports progress: ask.id, ask.attempt, ask.held_by, ask.progress ("2/5").
-- The board does not show it, so the version stays; who follows this order is told to look.
-- Answers 1, or 0 when the cook has lost the order.

local order = read(ask.id)
if not order or order.status ~= 'STARTED' or tonumber(order.attempt) ~= ask.attempt
  or order.cook ~= ask.held_by then
  return 0
end
write(order, { progress = ask.progress })
redis.call('PUBLISH', key('changes'), '{"touched":"' .. order.id .. '"}')
return 1
