-- A cook takes slips: those that are due, the longest waiting first, at most ask.at_most, and the
-- orders on them are STARTED, all in one step.
--
-- A slip is claimed as arq claims it, by its in-progress key, so a stock arq worker can take slips
-- from the same queue. Slips in work stay in the queue until they are done, therefore we read on past
-- them. A slip that is no order's (some other task), or void, is only claimed: arq runs it, and
-- cook_order finds that there is nothing to do.
--
-- ask.cook, ask.by, ask.lasts_ms (how long arq's claim lasts)
-- Answers {list of {job id, score}, ms until the next slip is due or -1 if none waits for its time}.

local PAGE = 100
local claimed = {}

local function start(job)
  local id, attempt = job:match('^' .. store:gsub('%-', '%%-') .. ':([%w_-]+):(%d+)$')
  if not id then return end
  transition({ id = id, to = 'STARTED', from = { 'PENDING', 'RETRY' }, attempt = tonumber(attempt),
    cook = ask.cook, keep_slip = true, by = ask.by })
end

local offset = 0
while #claimed < ask.at_most do
  local due = redis.call('ZRANGE', key('queue'), '-inf', integer(now_ms), 'BYSCORE',
    'LIMIT', offset, PAGE, 'WITHSCORES')
  for i = 1, #due, 2 do
    local job = due[i]
    if #claimed < ask.at_most
      and redis.call('SET', 'arq:in-progress:' .. job, '1', 'NX', 'PX', ask.lasts_ms) then
      start(job)
      claimed[#claimed + 1] = { job, due[i + 1] }
    end
  end
  if #due < 2 * PAGE then break end
  offset = offset + PAGE
end
announce()

local later = redis.call('ZRANGE', key('queue'), '(' .. integer(now_ms), '+inf', 'BYSCORE',
  'LIMIT', 0, 1, 'WITHSCORES')
return { claimed, later[2] and later[2] - now_ms or -1 }
