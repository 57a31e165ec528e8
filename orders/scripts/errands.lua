-- Errands: what is done beside the orders, in a queue of its own, so that it never delays a meal. Put
-- before the scripts that give any. An errand is an arq job, written as arq itself writes it.
--
-- The commonest is to send a web hook (telling.lua).

local ERRAND_LASTS_MS = 3 * 24 * 3600 * 1000

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
