-- Records what Kong's own Lua code picks, for kong-picks.json. Not part of the tests: Kong itself cannot run here, but its
-- algorithms (kong/runloop/balancer/{round_robin,least_connections,consistent_hashing,latency}.lua of 3.9.3), binaryheap.lua 0.4,
-- luaxxhash 1.0 and the counters of lua-resty-healthcheck 3.1.0 do, under LuaJIT 2.1, with the rest of Kong stubbed out below.
--
--   luajit kong-record.lua DIRECTORY > kong-picks.json
--
-- where DIRECTORY has these files under their module paths.
package.path = arg[1] .. "/?.lua;" .. package.path

-- Chance: the minimal standard generator (Park and Miller), which doubles compute exactly.
local state = 430
local function draw()
  state = (16807 * state) % 2147483647
  return state / 2147483647
end
local draws = 0
math.random = function(n) draws = draws + 1; return math.floor(draw() * n) + 1 end
local function below(n) return math.floor(draw() * n) end

-- OpenResty and Kong, as far as they are needed.
local clock = 0
local log_nothing = function() end
ngx = {
  log = log_nothing, ERR = 1, WARN = 2, DEBUG = 3, CRIT = 4,
  now = function() return clock end,
  var = {},
  worker = { id = function() return 0 end, pid = function() return 1 end },
  get_phase = function() return "timer" end,
  re = {}, shared = {}, timer = {},
}
table.nkeys = function(t) local n = 0; for _ in pairs(t) do n = n + 1 end; return n end
table.clear = function(t) for k in pairs(t) do t[k] = nil end end
table_clear = table.clear
package.preload["kong.tools.table"] = function() return { EMPTY = {} } end
package.preload["kong.runloop.balancer.balancers"] = function()
  return {
    errors = {
      ERR_DNS_UPDATED = "dns", ERR_ADDRESS_UNAVAILABLE = "unavailable",
      ERR_NO_PEERS_AVAILABLE = "no peers", ERR_BALANCER_UNHEALTHY = "unhealthy",
    },
    getAddressPeer = function(address)
      if not address.available then return nil, "unavailable" end
      return address.ip, address.port, address.ip
    end,
  }
end

-- JSON, for numbers, texts, and lists.
local function json(value)
  if type(value) == "table" then
    local parts = {}
    if #value > 0 or next(value) == nil then
      for i, item in ipairs(value) do parts[i] = json(item) end
      return "[" .. table.concat(parts, ",") .. "]"
    end
    local keys = {}
    for key in pairs(value) do keys[#keys + 1] = key end
    table.sort(keys)
    for i, key in ipairs(keys) do parts[i] = string.format("%q:%s", key, json(value[key])) end
    return "{" .. table.concat(parts, ",") .. "}"
  end
  if type(value) == "string" then return '"' .. value:gsub("\n", "\\n") .. '"' end
  return tostring(value)
end

-- A balancer as balancers.lua makes it.
local function make(word, weights, slots)
  local balancer = { targets = {}, totalWeight = 0, unavailableWeight = 0, healthThreshold = 0, wheelSize = slots }
  local list = {}
  for i, weight in ipairs(weights) do
    local address = {
      ip = "10.0.0." .. i, port = 8000, weight = weight, available = true, disabled = false, index = i,
    }
    balancer.targets[i] = { name = "api-" .. i, port = 8000, addresses = { address }, weight = weight }
    balancer.totalWeight = balancer.totalWeight + weight
    list[i] = address
  end
  balancer.healthy = true
  local algorithm = require("kong.runloop.balancer." .. word).new({ balancer = balancer })
  local function set(i, available)
    if list[i].available == available then return end
    list[i].available = available
    balancer.unavailableWeight = balancer.unavailableWeight + (available and -list[i].weight or list[i].weight)
    balancer.healthy = (balancer.totalWeight - balancer.unavailableWeight) / balancer.totalWeight * 100 > 0
    algorithm:afterHostUpdate()
  end
  return balancer, algorithm, list, set
end

-- One story: what was done, and what was picked. A pick is the number of a target from 1, 0 for none.
local function story(name, word, weights, slots, length)
  local from = state
  local balancer, algorithm, list, set = make(word, weights, slots)
  -- Steps must not draw from what shuffles: a generator of their own.
  local shuffles = state
  local steps_state = 4711
  local function step_below(n)
    steps_state = (16807 * steps_state) % 2147483647
    return math.floor(steps_state / 2147483647 * n)
  end
  local steps, open, number = {}, {}, 0
  local function add(...) steps[#steps + 1] = { ... } end
  local function pick(id, handle, value)
    local ip, err, _, got = nil, "unhealthy", nil, nil
    if balancer.healthy then ip, err, _, got = algorithm:getPeer(false, handle, value) end
    return ip and got, ip and got.address.index or 0
  end
  if word == "latency" then
    for i, address in ipairs(list) do -- no two alike, for ties are broken by the order of a Lua table
      clock = clock + 0.5
      ngx.var = { upstream_response_time = tostring(0.01 * i + 0.003), upstream_connect_time = "0.001", upstream_addr = "x" }
      algorithm:afterBalance(nil, { address = address })
      add("log", i, clock, 0.01 * i + 0.003 + 0.001)
    end
  end
  for _ = 1, length do
    clock = clock + 0.05 * step_below(20)
    local what = step_below(10)
    if what < 6 or #open == 0 then
      number = number + 1
      local value = "user-" .. step_below(50)
      local handle, index = pick(number, nil, value)
      add("pick", number, clock, value, index)
      if handle then open[#open + 1] = { id = number, handle = handle } end
    elseif what < 7 then
      local at = step_below(#open) + 1
      local request = open[at]
      local handle, index = pick(request.id, request.handle, nil)
      add("retry", request.id, clock, index)
      if not handle then
        if request.handle.release then request.handle:release() end -- the log phase
        table.remove(open, at)
      end
    elseif what < 9 then
      local request = table.remove(open, step_below(#open) + 1)
      local rtt = 0.001 * (1 + step_below(400))
      if word == "latency" and request.handle.address.available then
        ngx.var = { upstream_response_time = tostring(rtt), upstream_connect_time = "0", upstream_addr = "x" }
        algorithm:afterBalance(nil, request.handle)
      end
      if request.handle.release then request.handle:release() end
      add("end", request.id, clock, rtt)
    else
      local i = step_below(#list) + 1
      local available = not list[i].available
      set(i, available)
      add("set", i, clock, available and 1 or 0)
      if word == "latency" and available then -- without, it might be as good as another
        clock = clock + 0.5
        local rtt = 0.001 * (401 + step_below(400))
        ngx.var = { upstream_response_time = tostring(rtt), upstream_connect_time = "0", upstream_addr = "x" }
        algorithm:afterBalance(nil, { address = list[i] })
        add("log", i, clock, rtt)
      end
    end
  end
  return { name = name, word = (word:gsub("_", "-")), weights = weights, slots = slots, seed = from, steps = steps }
end

local stories = {}
for _, word in ipairs({ "round_robin", "least_connections", "consistent_hashing", "latency" }) do
  for _, weights in ipairs({ { 100, 100, 100 }, { 5, 1, 1 }, { 200, 100, 50, 100, 25 }, { 100 } }) do
    clock = 0
    stories[#stories + 1] = story(word .. " " .. table.concat(weights, ","), word, weights, 10000, 300)
  end
end

-- Hashes and places.
local xxhash32 = require("luaxxhash")
local hashes = {}
for _, text in ipairs({ "", "a", "abc", "user-7", "10.0.0.1::8000 1", "10.0.0.1::8000 160",
                        "Nobody inspects the spammish repetition", "0123456789abcdef" }) do
  hashes[#hashes + 1] = { text, xxhash32(text) % 1000 + 1, xxhash32(text) % 10000 + 1, xxhash32(text) % 4294967296 }
end

-- The counters of lua-resty-healthcheck.
package.preload["table.new"] = function() return function() return {} end end
package.preload["table.nkeys"] = function() return table.nkeys end
package.preload["string.buffer"] = function()
  local stored = {}
  return {
    encode = function(t)
      local copy = {}
      for i, item in ipairs(t) do copy[i] = {}; for k, v in pairs(item) do copy[i][k] = v end end
      stored[#stored + 1] = copy
      return "#" .. #stored
    end,
    decode = function(s)
      local copy = {}
      for i, item in ipairs(stored[tonumber(s:sub(2))]) do copy[i] = {}; for k, v in pairs(item) do copy[i][k] = v end end
      return copy
    end,
  }
end
package.preload["ngx.ssl"] = function() return {} end
package.preload["resty.timer"] = function() return function() return {} end end
package.preload["resty.lock"] = function()
  return { new = function() return { lock = function() return 0 end, unlock = function() return true end } end }
end
local listeners = {}
package.preload["resty.events.compat"] = function()
  return {
    configured = function() return true end, poll = log_nothing, unregister = log_nothing,
    register_weak = function(callback) listeners[#listeners + 1] = callback end,
    post = function(_, event, data) for _, callback in ipairs(listeners) do callback(data, event) end end,
  }
end
local function memory()
  local values = {}
  return {
    get = function(_, key) return values[key] end,
    set = function(_, key, value) values[key] = value; return true end,
    incr = function(_, key, by, init) values[key] = (values[key] or init) + by; return values[key] end,
  }
end
local healthcheck = require("resty.healthcheck")

local function counted(name, limits)
  listeners = {}
  ngx.shared.memory = memory()
  local function of(kind)
    return {
      healthy = { interval = kind == "active" and 0 or nil, successes = limits[kind].successes },
      unhealthy = {
        interval = kind == "active" and 0 or nil, http_failures = limits[kind].http_failures,
        tcp_failures = limits[kind].tcp_failures, timeouts = limits[kind].timeouts,
      },
    }
  end
  local checker = assert(healthcheck.new({
    name = name, shm_name = "memory", events_module = "resty.events", type = "http",
    checks = { active = of("active"), passive = of("passive") },
  }))
  assert(checker:add_target("10.0.0.1", 8000, "api-1", true))
  local reports = {}
  for _ = 1, 400 do
    local kind = below(2) == 0 and "active" or "passive"
    local what = below(20)
    if what < 9 then
      checker:report_http_status("10.0.0.1", 8000, "api-1", 200, kind)
      reports[#reports + 1] = { kind, "http", 200 }
    elseif what < 14 then
      local status = ({ 500, 503, 404, 502 })[below(4) + 1]
      checker:report_http_status("10.0.0.1", 8000, "api-1", status, kind)
      reports[#reports + 1] = { kind, "http", status }
    elseif what < 17 then
      checker:report_tcp_failure("10.0.0.1", 8000, "api-1", nil, kind)
      reports[#reports + 1] = { kind, "tcp", 0 }
    elseif what < 19 then
      checker:report_timeout("10.0.0.1", 8000, "api-1", kind)
      reports[#reports + 1] = { kind, "timeout", 0 }
    else
      local healthy = below(2)
      checker:set_target_status("10.0.0.1", 8000, "api-1", healthy == 1)
      reports[#reports + 1] = { "hand", "set", healthy }
    end
    reports[#reports][4] = checker.targets[1].internal_health
  end
  return { name = name, limits = limits, reports = reports }
end

local function limits(successes, http_failures, tcp_failures, timeouts)
  return { successes = successes, http_failures = http_failures, tcp_failures = tcp_failures, timeouts = timeouts }
end
local counters = {
  counted("all counters", { active = limits(2, 3, 3, 3), passive = limits(5, 5, 2, 7) }),
  counted("no successes", { active = limits(0, 3, 2, 2), passive = limits(0, 5, 5, 5) }),
  counted("http failures only", { active = limits(2, 3, 0, 0), passive = limits(0, 0, 0, 0) }),
  counted("one is enough", { active = limits(1, 1, 1, 1), passive = limits(1, 1, 1, 1) }),
}

local function lines(list)
  local texts = {}
  for i, item in ipairs(list) do texts[i] = json(item) end
  return "[\n" .. table.concat(texts, ",\n") .. "\n]"
end
print('{\n"stories": ' .. lines(stories) .. ',\n"hashes": ' .. lines(hashes) .. ',\n"counters": ' .. lines(counters) .. "\n}")
