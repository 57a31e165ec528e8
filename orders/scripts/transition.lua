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
--   after       if given: only while the order's history has so many lines
--   quiet       who asks does not need the order when all is well
-- What holds for all moves stands in ask:
--   attempts    with PENDING: so many attempts from now on
--   recall_ms   with SUCCESS: how long after COLLECTED it may be called back
--   keep_s      with COLLECTED, REVOKED: how long the finished order is kept
-- Answers {outcome, order as JSON}, and the order as far as it was read: moved, unchanged (it was there
-- already), moved_on (not as it was seen), refused, unknown.

local ON_THE_BOARD = { PENDING = true, STARTED = true, RETRY = true, SUCCESS = true, FAILURE = true }
local FINISHED = { COLLECTED = true, REVOKED = true }

-- What a transition needs to know of an order, and a cook to cook it. Each name that is not asked for is
-- time saved. Who ends an order for good needs all of it.
local TO_START = { 'id', 'reference', 'status', 'attempt', 'last_attempt', 'cook', 'progress', 'portions',
  'priority', 'history' }
local TO_MOVE = { 'id', 'reference', 'status', 'attempt', 'last_attempt', 'cook', 'error', 'priority',
  'history', 'placed_ms', 'started_ms' }

local function look_before(move)
  if FINISHED[move.to] then return read(move.id) end
  return look(move.id, move.to == 'STARTED' and TO_START or TO_MOVE)
end

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
  -- What went wrong stays with its attempt, on the same line; the order's own error is the last one's.
  local why = move.error and ' ' .. move.error:gsub('%s+', ' ') or ''
  fields.history = note(order, move.to, move.by .. why)
  if FINISHED[move.to] then pack(order, fields) else write(order, fields) end
  if fields.attempt then hand_over(order, move.delay_ms or 0) end
end

local COUNTED = { RETRY = 'retried', FAILURE = 'failed', COLLECTED = 'collected', REVOKED = 'revoked' }

-- What the tally keeps of a move: how often, and how long it took. How long the order had waited is
-- counted when its first attempt ends, together with how long that took.
local function count_move(order, from, attempt, started_ms)
  if COUNTED[order.status] then count(COUNTED[order.status]) end
  if from == 'STARTED' then
    local placed = tonumber(order.placed_ms) or now_ms
    local started = tonumber(started_ms) or now_ms
    if attempt == '1' then count_time('wait', started - placed) end
    if order.status == 'SUCCESS' then
      count_time('ready', now_ms - placed)
      count_time('cooking', now_ms - started)
    end
  elseif order.status == 'SUCCESS' then
    count('recalled')
  elseif order.status == 'PENDING' then
    count('cooked_again')
  end
  if order.status == 'REVOKED' then
    for _, line in ipairs(cjson.decode(order.items)) do count('cancelled:' .. line.sku, line.quantity) end
  end
end

local function transition(move)
  local order = look_before(move)
  if not order then return { 'unknown', '' } end
  -- Without these nothing is begun, or an order that somebody has edited by hand would be left half moved.
  assert(order.reference and order.status and order.attempt and order.last_attempt and order.history,
    'an order was damaged')
  if is_there_already(order, move) then return answer('unchanged', order, move.quiet) end
  if not is_as_seen(order, move.after) then return answer('moved_on', order) end
  if not is_expected(order, move) then return answer('refused', order) end
  if move.to == 'RETRY' and not move.forgiven
    and tonumber(order.attempt) >= tonumber(order.last_attempt) then
    move.to = 'FAILURE' -- that was the last attempt
  end
  local from, attempt, started_ms = order.status, order.attempt, order.started_ms
  leave(order, move)
  enter(order, move)
  show(order, ON_THE_BOARD[move.to])
  pcall(count_move, order, from, attempt, started_ms) -- no count may stop an order
  if tell then tell(order) end
  return answer('moved', order, move.quiet)
end
