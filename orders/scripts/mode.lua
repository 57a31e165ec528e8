-- Who cooks from now on: ask.mode is robots or people. The slips that wait become due, or never due.

local was = redis.call('GET', key('mode')) or 'robots'
if was == ask.mode then return end
redis.call('SET', key('mode'), ask.mode)
local shift = ask.mode == 'people' and NEVER_MS or -NEVER_MS
for _, waiting in ipairs(redis.call('ZRANGE', key('queue'), 0, -1)) do
  if waiting:sub(1, #store + 1) == store .. ':' then -- ours, no other task
    redis.call('ZINCRBY', key('queue'), integer(shift), waiting)
  end
end
for _ = 1, TOKENS_AT_MOST do redis.call('LPUSH', key('bell'), '1') end
redis.call('LTRIM', key('bell'), 0, TOKENS_AT_MOST - 1)
