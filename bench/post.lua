-- wrk's script: every request places an order. At the end: the ids of all orders that were acknowledged,
-- a line each, and the sum as one line of JSON.

wrk.method = 'POST'
wrk.path = '/api/orders'
wrk.headers['Content-Type'] = 'application/json'
wrk.body = '{"items":[{"sku":"nuggets-6","quantity":1}]}'

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  created = {}
end

function response(status, headers, body)
  if status == 201 then created[#created + 1] = body:match('"id": ?"([^"]+)"') end
end

function done(summary, latency)
  io.write('\n')
  for _, thread in ipairs(threads) do
    for _, id in ipairs(thread:get('created')) do io.write('order ', id, '\n') end
  end
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.6f, "refused": %d, "broken": %d, "p50_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
