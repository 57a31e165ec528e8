-- Place orders: for each its number, the order, its ticket on the board and its slip in the queue, at
-- once. Many orders of one call are many orders alone, announced together.
--
-- ask.orders is a list; of each
--   order            flat map: id, items, total_cents, service, perhaps name and language
--   skus             list of what is ordered
--   for_the_kitchen  false: all of it stands at the counter; ready now, no slip
--   attempts         so many attempts to cook it
--   waiting_limit    with so many slips in the queue no other is taken
--   idempotency_key, fingerprint, key_lasts_s   if the customer sent a key
-- Answers a list: {placed, {its number, ms when}}, {repeated (this key, this order)
-- or reused (this key, another order), that order as JSON}, or, when nothing was taken, {sold_out, the sku}
-- or {full, ''}.

local function known(wanted)
  if not wanted.idempotency_key then return read(wanted.order.id), true end
  local entry = redis.call('GET', key('idempotency:' .. wanted.idempotency_key))
  if not entry then return nil end
  local id, fingerprint = entry:match('^(%S+) (%S+)$')
  return read(id), fingerprint == wanted.fingerprint
end

local sold_out = {}
for _, sku in ipairs(redis.call('SMEMBERS', key('sold_out'))) do sold_out[sku] = true end

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
  return nil
end

local function place(wanted)
  local order, same = known(wanted)
  if order then return { same and 'repeated' or 'reused', cjson.encode(order) } end
  for _, sku in ipairs(wanted.skus) do
    if sold_out[sku] then return { 'sold_out', sku } end
  end
  if wanted.for_the_kitchen and redis.call('ZCARD', key('queue')) >= wanted.waiting_limit then
    return { 'full', '' }
  end
  order = wanted.order
  order.reference = free_reference()
  if not order.reference then return { 'full', '' } end

  order.status = wanted.for_the_kitchen and 'PENDING' or 'SUCCESS'
  order.attempt = wanted.for_the_kitchen and '1' or '0'
  order.last_attempt = integer(wanted.attempts)
  order.placed_ms = now
  if not wanted.for_the_kitchen then order.ready_ms = now end
  order.history = note(order, order.status, wanted.by)

  redis.call('HSET', key('references'), order.reference, order.id)
  redis.call('ZADD', key('placed'), now, order.id)
  write(order, order)
  if wanted.idempotency_key then
    redis.call('SET', key('idempotency:' .. wanted.idempotency_key),
      order.id .. ' ' .. wanted.fingerprint, 'EX', wanted.key_lasts_s)
  end
  if wanted.for_the_kitchen then
    hand_over(order, 0)
  else
    redis.call('ZADD', key('ready'), now, order.id)
  end
  show(order, true)
  return { 'placed', { order.reference, now } }
end

math.randomseed(tonumber(clock[2]))
return for_each(ask.orders, place)
