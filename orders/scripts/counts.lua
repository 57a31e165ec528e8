-- What is counted of the orders, for the office's charts and for /metrics. Put after words.lua, before the
-- scripts that count. orders/tally.py reads it.
--
-- A script counts in a table as it goes, and writes once, when it announces: a hundred orders of one call
-- cost hardly more than one. Only the minute that goes on is written each time. Whoever counts first in
-- another minute closes it, so while nothing happens nothing is written, and no clock is needed.
--
--   tally                  hash     the minute that goes on: its number since 1970, and counts by name
--   tally:minutes:<hour>   hash     minute → its counts as JSON, for three hours
--   tally:quarters:<day>   hash     quarter of an hour → the same, for 40 days
--   tally:ever             string   the same since the beginning, without the minute that goes on
--
-- The names: placed, at_once (placed, and ready at once), collected, failed, retried, revoked, recalled,
-- cooked_again; ordered:<sku>, cancelled:<sku>; and of everything that takes time, number, wait, cooking
-- and ready, <name>:<bucket> how often, <name>_ms all of it together.

local MINUTES_KEPT_S, QUARTERS_KEPT_S = 3 * 3600, 40 * 24 * 3600
local FAR_MS = 12 * 3600 * 1000 -- a slip that waits is due before; those in work stand farther off
local counted, timed = {}, { wait = {}, cooking = {}, ready = {} }
local QUARTERS_OF_A_DOUBLING = 4 / math.log(2)

local function count(name, by)
  counted[name] = (counted[name] or 0) + (by or 1)
end

-- Four buckets for each doubling: bucket b holds what took more than 2^((b-1)/4) ms, up to 2^(b/4).
-- The small number is for what the logarithm of 8 has beyond 3.
local function bucket(ms)
  return ms <= 1 and 0 or math.ceil(QUARTERS_OF_A_DOUBLING * math.log(ms) - 1e-9)
end

local function count_time(name, since_ms)
  local ms, times = math.max(0, now_ms - (tonumber(since_ms) or now_ms)), timed[name]
  local b = bucket(ms)
  times[b] = (times[b] or 0) + 1
  times.ms = (times.ms or 0) + ms
end

local function name_times()
  for name, times in pairs(timed) do
    for b, number in pairs(times) do count(b == 'ms' and name .. '_ms' or name .. ':' .. b, number) end
    timed[name] = {}
  end
end

local function add_to(kept, counts)
  local sum = kept and cjson.decode(kept) or {}
  for name, number in pairs(counts) do
    if name == 'waiting' then
      sum.waiting, sum.most_waiting = number, math.max(sum.most_waiting or 0, number)
    else
      sum[name] = (sum[name] or 0) + number
    end
  end
  return cjson.encode(sum)
end

local function add_to_part(of, field, counts, keep_s)
  redis.call('HSET', key(of), field, add_to(redis.call('HGET', key(of), field), counts))
  redis.call('EXPIRE', key(of), keep_s)
end

-- How many wait for the crew, also where no robot cooks and they are never due.
local function waiting()
  return redis.call('ZCOUNT', key('queue'), '-inf', integer(now_ms + FAR_MS))
    + redis.call('ZCOUNT', key('queue'), integer(now_ms + NEVER_MS / 2), '+inf')
end

local function close_minute(minute)
  local counts, flat = { waiting = waiting() }, redis.call('HGETALL', key('tally'))
  for i = 1, #flat, 2 do
    if flat[i] ~= 'minute' then counts[flat[i]] = tonumber(flat[i + 1]) end
  end
  redis.call('DEL', key('tally'))
  local hour, day = integer(math.floor(minute / 60)), integer(math.floor(minute / 1440))
  add_to_part('tally:minutes:' .. hour, integer(minute), counts, MINUTES_KEPT_S)
  add_to_part('tally:quarters:' .. day, integer(math.floor(minute / 15)), counts, QUARTERS_KEPT_S)
  redis.call('SET', key('tally:ever'), add_to(redis.call('GET', key('tally:ever')), counts))
end

at_the_end[#at_the_end + 1] = function()
  name_times()
  local names, minute = { 'minute' }, math.floor(now_ms / 60000)
  for name in pairs(counted) do names[#names + 1] = name end
  if #names == 1 then return end
  local known = redis.call('HMGET', key('tally'), unpack(names))
  local of = tonumber(known[1])
  if of and of ~= minute then
    known = {}
    close_minute(of)
  end
  local flat = {}
  if of ~= minute then flat = { 'minute', integer(minute) } end
  for i = 2, #names do
    flat[#flat + 1] = names[i]
    flat[#flat + 1] = integer((tonumber(known[i]) or 0) + counted[names[i]])
  end
  counted = {}
  redis.call('HSET', key('tally'), unpack(flat))
end
