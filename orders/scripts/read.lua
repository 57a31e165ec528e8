-- Read orders: ask.ids. Answers a list with each order as JSON, '' for one that is not known.

local orders = {}
for i, id in ipairs(ask.ids) do
  local order = read(id)
  orders[i] = order and cjson.encode(order) or ''
end
return orders
