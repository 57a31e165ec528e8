-- Errands: what is done beside the orders, in a queue of its own, so that it never delays a meal. Put
-- before the scripts that give any. An errand is an arq job, written as arq itself writes it.
--
-- The commonest is to tell others of a change by a web hook. It is written by the script that makes the
-- change, so that none is lost, and only where an address is configured: then the gateway adds
--   ask.hooks   status → name of the event
--
--   …:hook:<id>    hash         type, at_ms, order (JSON), state, row, tries, next_ms, attempts (lines)
--   …:hooks        sorted set   the last so many deliveries by number, to be listed
--   …:hook_number  string       counts them

local ERRAND_LASTS_MS = 3 * 24 * 3600 * 1000
local HOOK_LASTS_S = 7 * 24 * 3600
local HOOKS_LISTED = 1000

local function ring_for_errands()
  redis.call('LPUSH', key('errand_bell'), '1')
  redis.call('LTRIM', key('errand_bell'), 0, TOKENS_AT_MOST - 1)
end

local function put_errand(job, task, arguments)
  redis.call('SET', 'arq:job:' .. job, string.format(
    '{"t": null, "f": "%s", "a": %s, "k": {}, "et": %s}', task, arguments, now),
    'PX', integer(ERRAND_LASTS_MS))
  redis.call('ZADD', key('errands'), now, job)
end

-- Each row of attempts is a job of its own: arq, which may just be clearing the last one away, does not
-- touch the next.
local function hook_job(id, row)
  return store .. ':hook:' .. id .. ':' .. row
end

local function put_hook(id, row)
  put_errand(hook_job(id, row), 'send_hook', '["' .. id .. '"]')
end

local function without_notes(items)
  local lines = {}
  for i, line in ipairs(cjson.decode(items)) do
    lines[i] = string.format('{"sku":"%s","quantity":%s}', line.sku, integer(line.quantity))
  end
  return '[' .. table.concat(lines, ',') .. ']'
end

local untold = {}

local function as_told(order)
  local it = read(order.id)
  it.name, it.portions, it.items = nil, nil, without_notes(it.items)
  return cjson.encode(it)
end

-- Others are told of the order as it is now, without what is the customer's own: name and notes. Of a
-- damaged one nobody is told, and nobody is stopped.
local function tell(order)
  local event = ask.hooks and ask.hooks[order.status]
  if not event then return end
  local fine, text = pcall(as_told, order)
  if fine then untold[#untold + 1] = { event, text } end
end

-- What is no longer listed is kept only until it has been delivered, or given up.
local function forget_old_hooks()
  local extra = redis.call('ZCARD', key('hooks')) - HOOKS_LISTED
  if extra <= 0 then return end
  for _, id in ipairs(redis.call('ZRANGE', key('hooks'), 0, extra - 1)) do
    if redis.call('HGET', key('hook:' .. id), 'state') ~= 'waiting' then
      redis.call('DEL', key('hook:' .. id))
    end
  end
  redis.call('ZREMRANGEBYRANK', key('hooks'), 0, extra - 1)
end

at_the_end[#at_the_end + 1] = function()
  if #untold == 0 then return end
  local epoch = redis.call('GET', key('epoch')) or new_epoch()
  local number = redis.call('INCRBY', key('hook_number'), #untold) - #untold
  for i, event in ipairs(untold) do
    local id = 'msg_' .. epoch .. '_' .. integer(number + i)
    redis.call('HSET', key('hook:' .. id), 'type', event[1], 'at_ms', now, 'order', event[2],
      'state', 'waiting', 'row', '1', 'tries', '0', 'next_ms', now, 'attempts', '')
    redis.call('EXPIRE', key('hook:' .. id), HOOK_LASTS_S)
    redis.call('ZADD', key('hooks'), integer(number + i), id)
    put_hook(id, '1')
  end
  forget_old_hooks()
  ring_for_errands()
end
