-- The special of a day: ask.day, ask.sku (none: there is no special). With ask.unless_chosen only if
-- nobody has chosen for that day yet.
-- Answers what holds now, "<day> <sku>".

local now_is = redis.call('GET', key('special'))
local wanted = ask.day .. ' ' .. (ask.sku or '')
if now_is == wanted then return now_is end
if ask.unless_chosen and now_is and now_is:sub(1, #ask.day + 1) == ask.day .. ' ' then return now_is end
redis.call('SET', key('special'), wanted)
redis.call('PUBLISH', key('changes'), string.format('{"menu":"%s"}', ask.sku or ''))
return wanted
