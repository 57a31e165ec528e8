-- What the crew is told. Each may be missing, and then stays as it is:
--
-- ask.mode     robots or people: who cooks from now on
-- ask.paused   true: no robot begins with an order; what is being cooked is cooked to its end
-- ask.cooks    so many orders each kitchen process cooks at once; 0: as many as it was started with
--
-- Where people cook, and while the kitchen is paused, the slips that wait are never due; they become due
-- when neither holds any more. Answers 1 if something is another thing now.

local EVERY_COOK = '*' -- in the hash of the crew, which all cooks read anyway

local was, was_held = redis.call('MGET', key('mode'), key('paused')), held()
local before = { mode = was[1] or 'robots', paused = was[2] == '1',
  cooks = tonumber(redis.call('HGET', key('crew'), EVERY_COOK) or 0) }

local changed = false
for name, value in pairs(before) do
  changed = changed or (ask[name] ~= nil and ask[name] ~= value)
end
if not changed then return 0 end

if ask.mode then redis.call('SET', key('mode'), ask.mode) end
if ask.paused ~= nil then
  if ask.paused then redis.call('SET', key('paused'), '1') else redis.call('DEL', key('paused')) end
end
if ask.cooks == 0 then
  redis.call('HDEL', key('crew'), EVERY_COOK)
elseif ask.cooks then
  redis.call('HSET', key('crew'), EVERY_COOK, integer(ask.cooks))
end

is_held = nil -- looked up afresh
if held() ~= was_held then
  local shift, first, last = integer(NEVER_MS), '-inf', integer(now_ms + FAR_MS)
  if not held() then
    shift, first, last = integer(-NEVER_MS), integer(now_ms + NEVER_MS / 2), '+inf'
  end
  -- What is in work stands in between, and stays: it does not wait.
  for _, waiting in ipairs(redis.call('ZRANGE', key('queue'), first, last, 'BYSCORE')) do
    if waiting:sub(1, #store + 1) == store .. ':' then -- ours, no other task
      redis.call('ZINCRBY', key('queue'), shift, waiting)
    end
  end
end
for _ = 1, TOKENS_AT_MOST do redis.call('LPUSH', key('bell'), '1') end
redis.call('LTRIM', key('bell'), 0, TOKENS_AT_MOST - 1)
redis.call('PUBLISH', key('changes'), '{"crew":"standing"}')
return 1
