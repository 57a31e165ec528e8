-- The diary of one task of the schedule: ask.task, and ask.step
--   put     let the errands run it: ask.due_ms, or none when it is asked for by hand
--   begin   for the occurrence that was due at ask.due_ms (none: by hand), at most for ask.lasts_ms.
--           Of many who try, one begins; when he is not heard of any more, another may.
--   end     ask.result (a sentence), ask.fine (whether it was done), ask.due_ms as with begin
-- Answers, to begin: begun, running (somebody has), done (somebody had).

local entry = key('diary:' .. ask.task)

if ask.step == 'put' then
  local due = ask.due_ms and integer(ask.due_ms)
  -- Who asks while it waits asks for the same run; when it has begun, for another.
  local by_hand = redis.call('HGET', entry, 'begun') or '0'
  local job = store .. ':task:' .. ask.task .. ':' .. (due or 'by-hand-' .. by_hand)
  if redis.call('EXISTS', 'arq:job:' .. job) == 0 then
    put_errand(job, 'run_task', '["' .. ask.task .. '", ' .. (due or 'null') .. ']')
    ring_for_errands()
  end
  return now_ms
end

if ask.step == 'begin' then
  local done_ms, until_ms = unpack(redis.call('HMGET', entry, 'done_ms', 'until_ms'))
  if not ask.due_ms then redis.call('HINCRBY', entry, 'begun', 1) end
  if ask.due_ms and done_ms and tonumber(done_ms) >= ask.due_ms then return 'done' end
  if until_ms and tonumber(until_ms) > now_ms then return 'running' end
  redis.call('HSET', entry, 'until_ms', integer(now_ms + ask.lasts_ms))
  return 'begun'
end

redis.call('HSET', entry, 'last_ms', now, 'result', ask.result, 'fine', ask.fine and '1' or '0')
if ask.due_ms and ask.fine then redis.call('HSET', entry, 'done_ms', integer(ask.due_ms)) end
redis.call('HDEL', entry, 'until_ms')
return 'ended'
