-- Look over one page of the book for what does not fit together, and mend it. None of this happens by
-- our own scripts; a person with redis-cli, a restored backup or a job that expired can do it.
--
-- ask.part, ask.cursor   which part, and where to go on ("0" to begin)
-- ask.keep_s             how long finished orders are kept
-- Answers {cursor, mended}; the part is through when the cursor is "0" again.
--
--   numbers   every order that has a number: is it on the board, and has the crew its slip?
--   board     every ticket: is there such an order?
--   queue     every slip: is there an order that waits for it, or is being cooked?

local PAGE = 100
local mended = 0
local part = {}

local function is_open(order)
  return order and ON_THE_BOARD[order.status]
end

-- What a stranger has written need not be JSON.
local function decoded(text)
  local fine, value = pcall(cjson.decode, text)
  return fine and type(value) == 'table' and value or {}
end

local function shows(order)
  local ticket = redis.call('HGET', key('board'), order.id)
  return ticket and decoded(ticket).status == order.status
end

local function has_slip(order)
  return redis.call('ZSCORE', key('queue'), slip(order))
    and redis.call('EXISTS', 'arq:job:' .. slip(order)) == 1
end

function part.numbers(reference, id)
  local kind = redis.call('TYPE', key('order:' .. id)).ok
  if kind == 'string' then return end -- finished; its number is kept for a recall
  local order = read(id)
  if not order then
    redis.call('HDEL', key('references'), reference)
    mended = mended + 1
  elseif is_open(order) then
    if not shows(order) then
      show(order, true)
      mended = mended + 1
    end
    if (order.status == 'PENDING' or order.status == 'RETRY') and not has_slip(order) then
      withdraw(order) -- half a slip may be there; a hand-over is always a new one
      write(order, { attempt = integer(order.attempt + 1),
        last_attempt = integer(order.last_attempt + 1) })
      hand_over(order, 0)
      mended = mended + 1
    elseif order.status == 'STARTED'
      and redis.call('HSETNX', key('cooking'), order.id, order.cook) == 1 then
      mended = mended + 1 -- now the roster sees whether that cook is still there
    end
  end
end

function part.board(id, ticket)
  local order, reference = read(id), decoded(ticket).reference
  if is_open(order) then -- then its number is taken, whoever forgot that
    mended = mended + redis.call('HSETNX', key('references'), order.reference, id)
    if tonumber(order.placed_ms) then -- however old it is, it can be found
      redis.call('ZADD', key('placed'), 'NX', order.placed_ms, id)
    end
  elseif reference then
    show({ id = id, reference = reference, status = 'REVOKED' }, false)
    mended = mended + 1
  else
    redis.call('HDEL', key('board'), id)
    mended = mended + 1
  end
end

function part.queue(job)
  local id = job:match('^' .. store:gsub('%-', '%%-') .. ':([%w_-]+):%d+$')
  if not id then return end -- some other task
  local order = read(id)
  local waits = order and slip(order) == job
    and (order.status == 'PENDING' or order.status == 'RETRY' or order.status == 'STARTED')
  local text = redis.call('GET', 'arq:job:' .. job)
  if waits or (text and decoded(text).f ~= 'cook_order') then return end
  redis.call('ZREM', key('queue'), job)
  redis.call('DEL', 'arq:job:' .. job, 'arq:in-progress:' .. job, 'arq:retry:' .. job)
  mended = mended + 1
end

-- Orders kept no longer leave the list of all orders. Those that are still open come back to it below.
if ask.part == 'board' and ask.cursor == '0' then
  redis.call('ZREMRANGEBYSCORE', key('placed'), '-inf', integer(now_ms - ask.keep_s * 1000))
end

local SCANS = { numbers = { 'HSCAN', 'references' }, board = { 'HSCAN', 'board' },
  queue = { 'ZSCAN', 'queue' } }
local command, name = unpack(SCANS[ask.part])
local cursor, found = unpack(redis.call(command, key(name), ask.cursor, 'COUNT', PAGE))
for i = 1, #found, 2 do part[ask.part](found[i], found[i + 1]) end
announce()
return { cursor, mended }
