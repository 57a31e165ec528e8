-- Telling others of a change by a web hook. It is written by the script that makes the change, so that none
-- is lost. Only where an address is configured the gateway puts this (and errands.lua, on which it stands)
-- before the scripts that change orders, and adds to what is asked
--   ask.hooks   status → name of the event
--
--   …:hook:<id>    hash         type, at_ms, order (JSON), state, row, tries, next_ms, attempts (lines)
--   …:hooks        sorted set   the last so many deliveries by number, to be listed
--   …:hook_number  string       counts them

local HOOK_LASTS_S = 7 * 24 * 3600
local HOOKS_LISTED = 1000

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
function tell(order)
  local event = ask.hooks[order.status]
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
