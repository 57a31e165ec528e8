-- The one way in which an order's status changes. Put before the scripts that need it.
--
-- A move names what it expects; if the order is not like that, nothing happens and the answer says so.
--   id          the order
--   to          the status asked for
--   from        the statuses from which this may happen (orders/states.py knows the table)
--   attempt     if given: only in this attempt
--   held_by     if given: only while this cook has it
--   cook        with STARTED: who has it from now on
--   keep_slip   with STARTED: arq is running the slip, leave it alone
--   by          who asks, for the history
--   delay_ms    with RETRY: wait before the next attempt
--   forgiven    with RETRY: this attempt does not count
--   result, error, progress   JSON, text, "2/2"
--   quiet       who asks does not need the order when all is well
-- What holds for all moves stands in ask:
--   attempts    with PENDING: so many attempts from now on
--   recall_ms   with SUCCESS: how long after COLLECTED it may be called back
--   keep_s      with COLLECTED, REVOKED: how long the finished order is kept
-- Answers {outcome, order as JSON}, and the order as far as it was read: moved, unchanged (it was there
-- already), refused, unknown.

local ON_THE_BOARD = { PENDING = true, STARTED = true, RETRY = true, SUCCESS = true, FAILURE = true }
local FINISHED = { COLLECTED = true, REVOKED = true }

-- What most transitions need to know of an order, and a cook to cook it. Who ends one needs all of it.
local NEEDED = { 'id', 'reference', 'status', 'attempt', 'last_attempt', 'cook', 'progress', 'error',
  'portions', 'priority', 'history' }

local function answer(outcome, order, quiet)
  return { outcome, quiet and '' or cjson.encode(read(order.id)) }, order
end

-- The same message sent twice finds its own work done. A cook's message is the same only in the
-- same attempt and from the same cook; a person only names the state to be reached.
local function is_there_already(order, move)
  if order.status ~= move.to then return false end
  return not move.attempt
    or (tonumber(order.attempt) == move.attempt and order.cook == (move.held_by or move.cook))
end

local function is_expected(order, move)
  local expected = false
  for _, status in ipairs(move.from) do expected = expected or order.status == status end
  if move.attempt and tonumber(order.attempt) ~= move.attempt then return false end
  if move.held_by and order.cook ~= move.held_by then return false end
  if order.status == 'COLLECTED' then
    return expected and now_ms - tonumber(order.finished_ms) <= ask.recall_ms
      and redis.call('HGET', key('references'), order.reference) == order.id
  end
  return expected
end

-- Each status keeps an index or two; an order leaves those of the old before it enters the new.
local function leave(order, move)
  if not move.keep_slip then withdraw(order) end
  if order.status == 'STARTED' then
    redis.call('HDEL', key('cooking'), order.id)
  elseif order.status == 'SUCCESS' then
    redis.call('ZREM', key('ready'), order.id)
  elseif order.status == 'COLLECTED' then
    redis.call('ZREM', key('collected'), order.id)
    redis.call('DEL', key('order:' .. order.id)) -- the packed form; write() opens it again
    order.finished_ms = nil
    write(order, order)
  end
end

local function pack(order, fields)
  for name, value in pairs(fields) do order[name] = value end
  order.portions = nil -- nobody will cook it again
  -- SET puts the string in the place of the hash.
  redis.call('SET', key('order:' .. order.id), cjson.encode(order), 'EX', ask.keep_s)
end

local function enter(order, move)
  local fields = { status = move.to }
  if move.to == 'PENDING' or move.to == 'RETRY' then
    fields.attempt = integer(order.attempt + 1)
    if move.to == 'PENDING' then fields.last_attempt = integer(order.attempt + ask.attempts) end
    if move.forgiven then fields.last_attempt = integer(order.last_attempt + 1) end
  elseif move.to == 'STARTED' then
    fields.cook, fields.started_ms = move.cook, now
    forget(order, 'progress')
    redis.call('HSET', key('cooking'), order.id, move.cook)
  elseif move.to == 'SUCCESS' then
    fields.ready_ms = now
    forget(order, 'error')
    redis.call('ZADD', key('ready'), now, order.id)
  elseif move.to == 'COLLECTED' then
    fields.finished_ms = now
    redis.call('ZADD', key('collected'), now, order.id)
  elseif move.to == 'REVOKED' then
    fields.finished_ms = now
    redis.call('HDEL', key('references'), order.reference)
  end
  fields.result, fields.error, fields.progress = move.result, move.error, move.progress
  order.attempt = fields.attempt or order.attempt
  fields.history = note(order, move.to, move.by)
  if FINISHED[move.to] then pack(order, fields) else write(order, fields) end
  if fields.attempt then hand_over(order, move.delay_ms or 0) end
end

local function transition(move)
  local order = FINISHED[move.to] and read(move.id) or look(move.id, NEEDED)
  if not order then return { 'unknown', '' } end
  assert(order.reference and order.status and order.attempt, 'an order was damaged')
  if is_there_already(order, move) then return answer('unchanged', order, move.quiet) end
  if not is_expected(order, move) then return answer('refused', order) end
  if move.to == 'RETRY' and not move.forgiven
    and tonumber(order.attempt) >= tonumber(order.last_attempt) then
    move.to = 'FAILURE' -- that was the last attempt
  end
  leave(order, move)
  enter(order, move)
  show(order, ON_THE_BOARD[move.to])
  return answer('moved', order, move.quiet)
end
