-- What is counted of the orders, for the office's charts and for /metrics. Put after words.lua, before the
-- scripts that count. orders/tally.py reads it.
--
-- A script counts in a table as it goes, and when it announces it appends one line, so a hundred orders of
-- one call cost hardly more than one. Who finds the text grown long adds it up. Whoever counts first in
-- another minute closes the last one: while nothing happens nothing is written, and no clock is needed.
--
--   tally                  string   the minute that goes on: its number since 1970, and then names and
--                                   numbers; those of one name are to be added
--   tally:minutes:<hour>   hash     minute → its counts as JSON, for three hours
--   tally:quarters:<day>   hash     quarter of an hour → the same, for 40 days
--   tally:ever             string   the same since the beginning, without the minute that goes on
--
-- The names: placed, at_once (placed, and ready at once), collected, failed, retried, revoked, recalled,
-- cooked_again; ordered:<sku>, cancelled:<sku>; and of everything that takes time, number, wait, cooking
-- and ready, <name>:<bucket> how often, <name>_ms all of it together.
--
-- What is seldom needed is made where it is needed: each function costs every script that begins.

local counted, timed = {}, {}
local LONG = 8192 -- bytes; adding up so much takes Redis less than a millisecond
local QUARTERS_OF_A_DOUBLING = 4 / math.log(2)

local function count(name, by)
  counted[name] = (counted[name] or 0) + (by or 1)
end

-- Four buckets for each doubling: bucket b holds what took more than 2^((b-1)/4) ms, up to 2^(b/4).
-- The small number is for what the logarithm of 8 has beyond 3.
local function bucket(ms)
  return ms <= 1 and 0 or math.ceil(QUARTERS_OF_A_DOUBLING * math.log(ms) - 1e-9)
end

local function count_time(name, ms)
  local times = timed[name] or { ms = 0 }
  if ms < 0 then ms = 0 end -- a clock was set back
  local b = bucket(ms)
  timed[name], times[b], times.ms = times, (times[b] or 0) + 1, times.ms + ms
end

-- What was counted in this call, as text; nothing if nothing was.
local function line_of_counts()
  for name, times in pairs(timed) do
    for b, number in pairs(times) do count(b == 'ms' and name .. '_ms' or name .. ':' .. b, number) end
  end
  local words = { '' }
  for name, number in pairs(counted) do
    words[#words + 1], words[#words + 2] = name, integer(number)
  end
  counted, timed = {}, {}
  return words[2] and table.concat(words, ' ')
end

local function added_up(text)
  local sum = {}
  for name, number in text:gmatch(' (%S+) (%d+)') do sum[name] = (sum[name] or 0) + number end
  return sum
end

-- What is seldom done is made only then: each function costs every script that begins.
local function close_minute(text)
  local MINUTES_KEPT_S, QUARTERS_KEPT_S = 3 * 3600, 40 * 24 * 3600
  local minute, counts = tonumber(text:match('^%d+')), added_up(text)
  -- How many wait for the crew, also where no robot cooks and they are never due.
  local waiting = redis.call('ZCOUNT', key('queue'), '-inf', integer(now_ms + FAR_MS))
    + redis.call('ZCOUNT', key('queue'), integer(now_ms + NEVER_MS / 2), '+inf')

  local function add_to(kept)
    local sum = kept and cjson.decode(kept) or {}
    for name, number in pairs(counts) do sum[name] = (sum[name] or 0) + number end
    sum.most_waiting = math.max(sum.most_waiting or 0, waiting)
    sum.waiting = waiting
    return cjson.encode(sum)
  end

  local function add_to_part(of, field, keep_s)
    redis.call('HSET', key(of), field, add_to(redis.call('HGET', key(of), field)))
    redis.call('EXPIRE', key(of), keep_s)
  end

  local hour, day = integer(math.floor(minute / 60)), integer(math.floor(minute / 1440))
  add_to_part('tally:minutes:' .. hour, integer(minute), MINUTES_KEPT_S)
  add_to_part('tally:quarters:' .. day, integer(math.floor(minute / 15)), QUARTERS_KEPT_S)
  redis.call('SET', key('tally:ever'), add_to(redis.call('GET', key('tally:ever'))))
end

at_the_end[#at_the_end + 1] = function()
  local line = line_of_counts()
  if not line then return end
  local minute, name = integer(math.floor(now_ms / 60000)), key('tally')
  if redis.call('GETRANGE', name, 0, #minute - 1) ~= minute then
    local before = redis.call('GET', name)
    redis.call('SET', name, minute)
    if before then pcall(close_minute, before) end
  end
  if redis.call('APPEND', name, line) > LONG then
    counted = added_up(redis.call('GET', name))
    redis.call('SET', name, minute .. line_of_counts())
  end
end
