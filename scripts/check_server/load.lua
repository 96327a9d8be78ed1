-- Requests for wrk: each posts one sentence of a file. Prints a line of JSON at the end.
--
--   wrk -t2 -c64 -d60s --timeout 60s --latency -s load.lua URL -- SENTENCES SOURCE TARGET

local threads = {}

function setup(thread)
    table.insert(threads, thread)
    thread:set("number", #threads)
end

local function quoted(text)
    return '"' .. text:gsub('[%c"\\]', function(c) return string.format("\\u%04x", c:byte()) end) .. '"'
end

function init(arguments)
    requests, at, ok, slowed, refused = {}, 0, 0, 0, 0
    local headers = { ["Content-Type"] = "application/json" }
    for sentence in io.lines(arguments[1]) do
        local body = '{"q":' .. quoted(sentence) .. ',"source":"' .. arguments[2] .. '","target":"' .. arguments[3] .. '"}'
        table.insert(requests, wrk.format("POST", "/translate", headers, body))
    end
    at = number * 37 % #requests
end

function request()
    at = at % #requests + 1
    return requests[at]
end

function response(status)
    if status == 200 then ok = ok + 1 elseif status == 429 then slowed = slowed + 1 else refused = refused + 1 end
end

function done(summary, latency)
    local ok, slowed, refused = 0, 0, 0
    for _, thread in ipairs(threads) do
        ok, slowed, refused = ok + thread:get("ok"), slowed + thread:get("slowed"), refused + thread:get("refused")
    end
    local errors = summary.errors
    io.write(string.format('{"seconds":%.3f,"ok":%d,"status_429":%d,"other_status":%d,"socket_errors":%d,"timeouts":%d,'
        .. '"p50_ms":%.1f,"p99_ms":%.1f,"max_ms":%.1f}\n', summary.duration / 1e6, ok, slowed, refused,
        errors.connect + errors.read + errors.write, errors.timeout,
        latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
