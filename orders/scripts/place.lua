-- Place an order: its number, the order, its ticket on the board and its slip in the queue, at once.
--
-- ask.order            flat map: id, items, total_cents, service, perhaps name and language
-- ask.for_the_kitchen  false: all of it stands at the counter; ready now, no slip
-- ask.attempts         so many attempts to cook it
-- ask.waiting_limit    with so many slips in the queue no other is taken
-- ask.idempotency_key, ask.fingerprint, ask.key_lasts_s   if the customer sent a key
-- Answers {outcome, order}: placed, repeated (this key, this order), reused (this key, another order),
-- full (nothing was taken).

local function known()
  if not ask.idempotency_key then return read(ask.order.id), true end
  local entry = redis.call('GET', key('idempotency:' .. ask.idempotency_key))
  if not entry then return nil end
  local id, fingerprint = entry:match('^(%S+) (%S+)$')
  return read(id), fingerprint == ask.fingerprint
end

-- Numbers are taken in sequence, three digits as long as fewer than half of these are in use, then
-- four, and so on. A taken number is stepped over; after eight in a row we jump to a place chosen by
-- chance, where every second number is free. So the cost does not grow with the number of orders.
local STEPS, JUMPS = 8, 64

local function free_reference()
  local held, first = redis.call('HLEN', key('references')), 100
  while held * 2 >= first * 9 do first = first * 10 end
  local size = first * 9
  local digits = tostring(#integer(first))
  local at = tonumber(redis.call('HGET', key('next_reference'), digits) or first) - first
  for _ = 1, JUMPS do
    for step = 0, STEPS - 1 do
      local number = first + (at + step) % size
      if redis.call('HEXISTS', key('references'), integer(number)) == 0 then
        redis.call('HSET', key('next_reference'), digits, integer(first + (number + 1 - first) % size))
        return integer(number)
      end
    end
    at = math.random(0, size - 1)
  end
  error('no free number found')
end

local order, same = known()
if order then
  return { same and 'repeated' or 'reused', cjson.encode(order) }
end

if ask.for_the_kitchen and redis.call('ZCARD', key('queue')) >= ask.waiting_limit then
  return { 'full', '' }
end

order = ask.order
math.randomseed(tonumber(clock[2]))
order.reference = free_reference()
order.status = ask.for_the_kitchen and 'PENDING' or 'SUCCESS'
order.attempt = ask.for_the_kitchen and '1' or '0'
order.last_attempt = integer(ask.attempts)
order.placed_ms = integer(now_ms)
if not ask.for_the_kitchen then order.ready_ms = integer(now_ms) end
order.history = note(order, order.status, ask.by)

redis.call('HSET', key('references'), order.reference, order.id)
redis.call('ZADD', key('placed'), integer(now_ms), order.id)
write(order, order)
if ask.idempotency_key then
  redis.call('SET', key('idempotency:' .. ask.idempotency_key), order.id .. ' ' .. ask.fingerprint,
    'EX', ask.key_lasts_s)
end
if ask.for_the_kitchen then
  hand_over(order, 0)
else
  redis.call('ZADD', key('ready'), integer(now_ms), order.id)
end
show(order, true)
announce()
return { 'placed', cjson.encode(order) }
