-- A cook takes slips: those that are due, the longest waiting first, at most ask.at_most, and the
-- orders on them are STARTED, all in one step.
--
-- A slip is claimed as arq claims it, by its in-progress key, so a stock arq worker can take slips
-- from the same queue. Slips in work stay in the queue until they are done. Ours go behind those that
-- wait, to the moment when arq's claim lapses; those of a stock worker stay in front, and we read on
-- past them. A slip that is no order's (some other task), or void, is only claimed: arq runs it, and
-- cook_order finds that there is nothing to do.
--
-- A claim whose answer was lost on the way must not leave orders STARTED in nobody's hands. So each
-- cook numbers his claims, and the last answer is kept: the same number again gets the same slips.
--
-- ask.from (orders/states.py), ask.cook, ask.by, ask.lasts_ms (how long arq's claim lasts), ask.number
-- if he numbers them
-- Answers {list of {job id, score}, list of {reference, portions} ({} for one that was not started now),
-- ms until the next slip is due or -1 if none waits for its time}.

local PAGE = math.max(ask.at_most, 10)
local claimed, started, in_work = {}, {}, {}
local lapses = integer(now_ms + ask.lasts_ms)

local OURS = '^' .. store:gsub('%-', '%%-') .. ':([%w_-]+):(%d+)$'

local function start(job)
  local id, attempt = job:match(OURS)
  if not id then return {} end
  local fine, answer, order = pcall(transition, { id = id, to = 'STARTED', from = ask.from,
    attempt = tonumber(attempt), cook = ask.cook, keep_slip = true, by = ask.by, quiet = true })
  if not fine or answer[1] ~= 'moved' then return {} end -- a damaged order must not stop the others
  in_work[#in_work + 1], in_work[#in_work + 2] = lapses, job
  return { order.reference, order.portions or '[]' }
end

local last = ask.number and redis.call('HGET', key('claims'), ask.cook)
last = last and cjson.decode(last)
-- A claim that comes late, over a connection given up long ago: its cook has had a newer answer.
if last and last.number > ask.number then return { {}, {}, -1 } end

local function claimed_before()
  if last and last.number == ask.number then
    claimed = last.slips
    for i = 1, #claimed do started[i] = {} end
  end
end

local function keep_answer()
  if not ask.number or #claimed == 0 then return end
  redis.call('HSET', key('claims'), ask.cook, cjson.encode({ number = ask.number, slips = claimed }))
end

claimed_before()
local offset = 0
while #claimed < ask.at_most do
  local due = redis.call('ZRANGE', key('queue'), '-inf', now, 'BYSCORE',
    'LIMIT', offset, PAGE, 'WITHSCORES')
  for i = 1, #due, 2 do
    local job = due[i]
    if #claimed < ask.at_most
      and redis.call('SET', 'arq:in-progress:' .. job, '1', 'NX', 'PX', ask.lasts_ms) then
      claimed[#claimed + 1] = { job, due[i + 1] }
      started[#claimed] = start(job)
    end
  end
  if #due < 2 * PAGE then break end
  offset = offset + PAGE
end
keep_answer()
announce()

local later = redis.call('ZRANGE', key('queue'), '(' .. now, '+inf', 'BYSCORE',
  'LIMIT', 0, 1, 'WITHSCORES')
if #in_work > 0 then redis.call('ZADD', key('queue'), unpack(in_work)) end
if #claimed < ask.at_most then redis.call('DEL', key('bell')) end -- what it rang for is taken
return { claimed, started, later[2] and later[2] - now_ms or -1 }
