-- Meet this Redis: ask.run_id is the id of its process. Another process than last time may have come
-- back with other data (none, a restored backup), so a new epoch begins and every board starts afresh.
-- Compared and set at once, so that of many that notice one begins it.
-- Answers the epoch.

local epoch = redis.call('GET', key('epoch'))
if epoch and redis.call('GET', key('run_id')) == ask.run_id then return epoch end
redis.call('SET', key('run_id'), ask.run_id)
epoch = new_epoch()
redis.call('PUBLISH', key('changes'), '{"met":"' .. epoch .. '"}')
return epoch
