-- The shelf: ask.sku can be ordered from now on, or not (ask.available). That it is so already is fine.
-- Orders that were taken are not touched: place.lua looks here, and nothing else does.

local changed = redis.call(ask.available and 'SREM' or 'SADD', key('sold_out'), ask.sku)
if changed == 1 then
  redis.call('PUBLISH', key('changes'), string.format('{"menu":"%s"}', ask.sku))
end
