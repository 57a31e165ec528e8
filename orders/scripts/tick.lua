-- What becomes due by time alone: ready orders nobody fetched, numbers nobody can recall any more.
--
-- ask.from        the statuses from which the clock collects (orders/states.py)
-- ask.ready_ms    so long a ready order stays on the board
-- ask.recall_ms   so long after COLLECTED its number stays reserved
-- ask.keep_s      so long a finished order is kept
-- ask.at_most     so many of each in one go
-- Answers {collected, numbers freed}.

local function due(name, age_ms)
  return redis.call('ZRANGE', key(name), '-inf', integer(now_ms - age_ms), 'BYSCORE',
    'LIMIT', 0, ask.at_most)
end

local fetched = due('ready', ask.ready_ms)
for _, id in ipairs(fetched) do
  -- A damaged order must not stop the clock for the others.
  pcall(transition, { id = id, to = 'COLLECTED', from = ask.from, by = 'clock', quiet = true })
  redis.call('ZREM', key('ready'), id) -- also what was no ready order, or it would be due for ever
end
announce()

local freed = due('collected', ask.recall_ms)
for _, id in ipairs(freed) do
  local order = read(id)
  if order and redis.call('HGET', key('references'), order.reference) == id then
    redis.call('HDEL', key('references'), order.reference)
  end
  redis.call('ZREM', key('collected'), id)
end
return { #fetched, #freed }
