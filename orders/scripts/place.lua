-- Place orders: for each its number, the order, its ticket on the board and its slip in the queue, at
-- once. Many orders of one call are many orders alone, announced together; or a group, of which all are
-- placed or none.
--
-- ask.orders is a list; of each
--   order            flat map: id, items, total_cents, service, perhaps name and language
--   skus, quantities lists of what is ordered
--   for_the_kitchen  false: all of it stands at the counter; ready now, no slip
--   attempts         so many attempts to cook it, as text
--   waiting_limit    with so many slips in the queue no other is taken
--   idempotency_key, fingerprint, key_lasts_s   if the customer sent a key
-- ask.group         if they are a group; the key, which is one for all, is in here
-- Answers a list: {placed, {its number, ms when}}, {repeated (this key, this order)
-- or reused (this key, another order), that order as JSON}, or, when nothing was taken, {sold_out, the sku},
-- {full, ''} or {gone (this key, an order that was erased), ''}.
-- Of a group the same once, with a list of all its orders, and {sold_out, {the sku, in which order}}.

-- What is known already by this key, or by these ids, with commas between, which we may have sent before
-- over a connection that broke: how it is known, and the orders as JSON.
local function known(wanted, ids)
  local same = true
  if wanted.idempotency_key then
    local entry = redis.call('GET', key('idempotency:' .. wanted.idempotency_key))
    if not entry then return nil end
    local fingerprint
    ids, fingerprint = entry:match('^(%S+) (%S+)$')
    same = fingerprint == wanted.fingerprint
  elseif redis.call('EXISTS', key('order:' .. ids:match('^[^,]+'))) == 0 then
    return nil
  end
  local orders = {}
  for id in ids:gmatch('[^,]+') do
    local order = read(id)
    if not order then return wanted.idempotency_key and 'gone', {} end
    orders[#orders + 1] = cjson.encode(order)
  end
  return same and 'repeated' or 'reused', orders
end

local function remember(wanted, ids)
  if not wanted.idempotency_key then return end
  redis.call('SET', key('idempotency:' .. wanted.idempotency_key),
    ids .. ' ' .. wanted.fingerprint, 'EX', wanted.key_lasts_s)
end

local sold_out = {}
for _, sku in ipairs(redis.call('SMEMBERS', key('sold_out'))) do sold_out[sku] = true end

local function missing(wanted)
  for _, sku in ipairs(wanted.skus) do
    if sold_out[sku] then return sku end
  end
end

-- Whether the crew can take so many more.
local function is_full(slips, limit)
  return slips > 0 and redis.call('ZCARD', key('queue')) + slips > limit
end

-- Numbers are taken in sequence, three digits as long as fewer than half of these are in use, then
-- four, and so on. A taken number is stepped over; after eight in a row we jump to a place chosen by
-- chance, where every second number is free. So the cost does not grow with the number of orders.
local STEPS, JUMPS = 8, 64

local function free_reference()
  local held, first, digits = redis.call('HLEN', key('references')), 100, 3
  while held * 2 >= first * 9 do first, digits = first * 10, digits + 1 end
  local size = first * 9
  local at = (redis.call('HGET', key('next_reference'), digits) or first) - first
  for _ = 1, JUMPS do
    for step = 0, STEPS - 1 do
      local number = integer(first + (at + step) % size)
      if redis.call('HEXISTS', key('references'), number) == 0 then
        redis.call('HSET', key('next_reference'), digits, first + (at + step + 1) % size)
        return number
      end
    end
    at = math.random(0, size - 1)
  end
  return nil
end

local function count_placed(wanted)
  count('placed')
  if not wanted.for_the_kitchen then count('at_once') end
  for i, sku in ipairs(wanted.skus) do count('ordered:' .. sku, wanted.quantities[i]) end
end

-- From here on nothing can be refused.
local function enter(wanted, reference)
  local order = wanted.order
  order.reference = reference
  order.status = wanted.for_the_kitchen and 'PENDING' or 'SUCCESS'
  order.attempt = wanted.for_the_kitchen and '1' or '0'
  order.last_attempt = wanted.attempts
  order.placed_ms = now
  if not wanted.for_the_kitchen then order.ready_ms = now end
  order.history = note(order, order.status, wanted.by)

  redis.call('HSET', key('references'), order.reference, order.id)
  redis.call('ZADD', key('placed'), now, order.id)
  write(order, order)
  if wanted.for_the_kitchen then
    hand_over(order, 0)
  else
    redis.call('ZADD', key('ready'), now, order.id)
  end
  count_placed(wanted)
  show(order, true)
  if tell then tell(order) end
  return { order.reference, now }
end

local function place(wanted)
  local id = wanted.order.id
  local how, orders = known(wanted, id)
  if how then return { how, orders[1] or '' } end
  local sku = missing(wanted)
  if sku then return { 'sold_out', sku } end
  if is_full(wanted.for_the_kitchen and 1 or 0, wanted.waiting_limit) then return { 'full', '' } end
  local reference = free_reference()
  if not reference then return { 'full', '' } end
  local told = enter(wanted, reference)
  remember(wanted, id)
  return { 'placed', told }
end

-- A number is taken the moment it is found, or the next order of the group might find it again.
local function take_references(orders)
  local taken = {}
  for i, wanted in ipairs(orders) do
    taken[i] = free_reference()
    if not taken[i] then
      if i > 1 then redis.call('HDEL', key('references'), unpack(taken)) end
      return nil
    end
    redis.call('HSET', key('references'), taken[i], wanted.order.id)
  end
  return taken
end

local function place_together(group, orders)
  local ids, slips = {}, 0
  for i, wanted in ipairs(orders) do
    ids[i] = wanted.order.id
    slips = slips + (wanted.for_the_kitchen and 1 or 0)
  end
  ids = table.concat(ids, ',')
  local how, before = known(group, ids)
  if how then return { how, before } end
  for i, wanted in ipairs(orders) do
    local sku = missing(wanted)
    if sku then return { 'sold_out', { sku, i - 1 } } end
  end
  if is_full(slips, orders[1].waiting_limit) then return { 'full', '' } end
  local references = take_references(orders)
  if not references then return { 'full', '' } end
  local told = {}
  for i, wanted in ipairs(orders) do told[i] = enter(wanted, references[i]) end
  remember(group, ids)
  announce()
  return { 'placed', told }
end

math.randomseed(tonumber(clock[2]))
if ask.group then return place_together(ask.group, ask.orders) end
return for_each(ask.orders, place)
