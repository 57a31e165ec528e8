-- Look through orders, those placed last first, from where the last look ended.
--
-- ask.from_ms, ask.until_ms   only what was placed from then on, and before then; each may be missing
-- ask.after       {ms, id} of the order that was looked at last; missing: begin
-- ask.scan        so many orders are looked at, and then no more
-- ask.at_most     so many are found, and then no more
-- ask.statuses, ask.reference, ask.line   what is looked for; each may be missing. A line is how the sku
--                 stands in the items' JSON
-- Answers {list of orders as JSON, {ms, id} of the one looked at last, or {} when all have been}.

local oldest = ask.from_ms and integer(ask.from_ms) or '-inf'
local newest = ask.until_ms and '(' .. integer(ask.until_ms) or '+inf'
if ask.after and (not ask.until_ms or tonumber(ask.after[1]) < ask.until_ms) then
  newest = ask.after[1]
end

local wanted
if ask.statuses then
  wanted = {}
  for _, status in ipairs(ask.statuses) do wanted[status] = true end
end

-- Of those placed in the same ms the index has the greatest id last, by its bytes. Lua's own `<` would
-- go by the machine's language.
local function comes_after(id, ms)
  if not ask.after or ms ~= ask.after[1] then return true end
  local seen = ask.after[2]
  for i = 1, math.min(#id, #seen) do
    if id:byte(i) ~= seen:byte(i) then return id:byte(i) < seen:byte(i) end
  end
  return #id < #seen
end

local function is_wanted(order)
  return (not wanted or wanted[order.status])
    and (not ask.reference or order.reference == ask.reference)
    and (not ask.line or (order.items or ''):find(ask.line, 1, true))
end

local found, looked, offset, last = {}, 0, 0, nil

local function look_through(page)
  for i = 1, #page, 2 do
    local id, ms = page[i], page[i + 1]
    if comes_after(id, ms) then
      if looked == ask.scan or #found == ask.at_most then return true end
      looked, last = looked + 1, { ms, id }
      local fine, order = pcall(read, id) -- none: kept no longer; and a damaged one hides no others
      if fine and order and is_wanted(order) then found[#found + 1] = cjson.encode(order) end
    end
  end
end

while true do
  local page = redis.call('ZRANGE', key('placed'), newest, oldest, 'BYSCORE', 'REV',
    'LIMIT', offset, ask.scan, 'WITHSCORES')
  if look_through(page) then return { found, last } end
  if #page < 2 * ask.scan then return { found, {} } end
  offset = offset + ask.scan
end
