-- The words that all scripts of the book share; the gateway puts this text before each of them.
--
-- ARGV[1] is the store's prefix, "orderup:<store>:". ARGV[2] is what is asked, as JSON.
--
-- Redis runs a script alone: nothing happens in between. But it does not roll back what an error
-- leaves half done. Therefore every script looks first and writes after.
-- Keys are made here and not declared, so a store lives on one Redis, not on a cluster.
-- cjson turns an empty list into {} and keeps 14 digits of a number: times in ms fit, microseconds
-- do not, and it encodes nothing here but flat maps of strings.

local prefix, ask = ARGV[1], cjson.decode(ARGV[2])
local store = prefix:match('^orderup:(.-):$')

local function key(name)
  return prefix .. name
end

-- Twice as quick as tostring, and never 1e+14.
local function integer(number)
  return string.format('%d', number)
end

-- Redis's clock, so that all machines agree on the time.
local clock = redis.call('TIME')
local now_ms = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local now = integer(now_ms)

-- An order is a flat map of strings: a hash while it is open, one JSON string once it is finished,
-- which takes a quarter of the memory.
local function read(id)
  local name = key('order:' .. id)
  local kind = redis.call('TYPE', name).ok
  if kind == 'string' then
    return cjson.decode(redis.call('GET', name))
  elseif kind == 'hash' then
    local order, flat = {}, redis.call('HGETALL', name)
    for i = 1, #flat, 2 do order[flat[i]] = flat[i + 1] end
    return order
  end
  return nil
end

-- Of an open order only what is asked for, which costs half of all of it; a finished one comes whole.
local function look(id, names)
  local values = redis.pcall('HMGET', key('order:' .. id), unpack(names))
  if values.err then return read(id) end -- no hash: finished
  if not values[1] then return nil end -- the first name is one that every order has
  local order = {}
  for i, name in ipairs(names) do order[name] = values[i] or nil end
  return order
end

local function write(order, fields)
  local flat = {}
  for name, value in pairs(fields) do
    order[name] = value
    flat[#flat + 1], flat[#flat + 2] = name, value
  end
  redis.call('HSET', key('order:' .. order.id), unpack(flat))
end

local function forget(order, name)
  if not order[name] then return end
  order[name] = nil
  redis.call('HDEL', key('order:' .. order.id), name)
end

-- One line of history for each transition: when, what, in which attempt, by whom.
local function note(order, status, by)
  local line = now .. ' ' .. status .. ' ' .. order.attempt .. ' ' .. by
  return order.history and (order.history .. '\n' .. line) or line
end

-- Whether an order is as somebody saw it, whose history had so many lines. He may have asked before: then
-- what has happened since (his own wish, and perhaps that somebody took it back) is not undone again.
local function is_as_seen(order, lines)
  if not lines then return true end
  local _, breaks = order.history:gsub('\n', '')
  return breaks + 1 == lines
end

-- The epoch names a life of the data; versions of different epochs cannot be compared.
local function new_epoch()
  local epoch = clock[1] .. 'x' .. clock[2]
  redis.call('SET', key('epoch'), epoch)
  return epoch
end

-- The board, and the bell. What a script has shown is announced once, at its end, as one step of the
-- version; and then it rings, once for each slip.
local TOKENS_AT_MOST = 16
local shown, rings = {}, 0

-- since: since when it has this status; without it, since now. Who goes first is in the ticket for those
-- who count the line, and on no board.
local function show(order, on_the_board, since)
  local ticket = '"reference":"' .. order.reference .. '","status":"' .. order.status
    .. '","since_ms":' .. (since or now) .. (order.priority and ',"first":true' or '')
  if on_the_board then
    redis.call('HSET', key('board'), order.id, '{' .. ticket .. '}')
  else
    redis.call('HDEL', key('board'), order.id)
  end
  shown[#shown + 1] = '{"id":"' .. order.id .. '",' .. ticket .. '}'
end

local function ring()
  rings = rings + 1
end

local function ring_out()
  if rings == 0 then return end
  local tokens = {}
  for i = 1, math.min(rings, TOKENS_AT_MOST) do tokens[i] = '1' end
  redis.call('LPUSH', key('bell'), unpack(tokens))
  redis.call('LTRIM', key('bell'), 0, TOKENS_AT_MOST - 1)
end

-- What else is written when a script announces, once for all it has done. None of it may stop an order.
local at_the_end = {}

-- Tells others of an order that has changed, where that is wanted (telling.lua).
local tell

local function announce()
  ring_out()
  for _, write_it in ipairs(at_the_end) do pcall(write_it) end
  if #shown == 0 then return end
  local epoch = redis.call('GET', key('epoch')) or new_epoch()
  local version = redis.call('INCRBY', key('version'), #shown)
  redis.call('PUBLISH', key('changes'), string.format(
    '{"epoch":"%s","after":%s,"version":%s,"tickets":[%s]}',
    epoch, integer(version - #shown), integer(version), table.concat(shown, ',')))
end

-- Do the same to each of a list, and announce it all together. An error in one (an order that somebody
-- has edited by hand, say) must not leave the others written and unannounced.
local function for_each(list, do_one)
  local answers = {}
  for i, one in ipairs(list) do
    local fine, answer = pcall(do_one, one)
    answers[i] = fine and answer or { 'broken', tostring(answer) }
  end
  announce()
  return answers
end

-- The slips. A slip is an arq job, written as arq itself writes it (ArqRedis.enqueue_job with
-- job_serializer=json.dumps). Its id carries the attempt: a cook who was given up and comes back
-- finds that his slip is void, and arq's clean-up after him cannot touch the next one.
local SLIP_LASTS_MS = 30 * 24 * 3600 * 1000
local NEVER_MS = 10 * 365 * 24 * 3600 * 1000
local FAR_MS = 12 * 3600 * 1000 -- a slip that waits is due before; those in work stand farther off
local AHEAD_MS = 365 * 24 * 3600 * 1000 -- a slip that goes first is entered as if it were that old

local function slip(order)
  return store .. ':' .. order.id .. ':' .. order.attempt
end

-- Where the slip that falls due then stands in the queue; arq reads the queue by it.
local function place_in_queue(order, due_ms)
  return integer(order.priority and due_ms - AHEAD_MS or due_ms)
end

-- Where people cook, and while the kitchen is paused, slips are due on a day that never comes, so no
-- robot, ours or a stock arq worker, takes one; what ends it makes them due (standing.lua).
local is_held

local function held()
  if is_held == nil then
    local standing = redis.call('MGET', key('mode'), key('paused'))
    is_held = standing[1] == 'people' or standing[2] == '1'
  end
  return is_held
end

local function hand_over(order, delay_ms)
  if order.priority then delay_ms = 0 end -- first means now
  local job, wait_ms = slip(order), delay_ms + (held() and NEVER_MS or 0)
  redis.call('SET', 'arq:job:' .. job, '{"t": null, "f": "cook_order", "a": ["' .. order.id .. '", '
    .. order.attempt .. '], "k": {}, "et": ' .. now .. '}', 'PX', integer(wait_ms + SLIP_LASTS_MS))
  redis.call('ZADD', key('queue'), place_in_queue(order, now_ms + wait_ms), job)
  -- Also for one that has to wait: who follows the bell learns when it is due.
  if not held() then ring() end
end

local function withdraw(order)
  local job = slip(order)
  redis.call('ZREM', key('queue'), job)
  redis.call('DEL', 'arq:job:' .. job, 'arq:in-progress:' .. job, 'arq:retry:' .. job)
end
