-- Takes one from each counter, or none if one of them is used up, by the generic cell rate algorithm (ITU-T I.371): a
-- counter is the time at which it is full again, and each taking moves that time by one interval. Returns zero, or which
-- counter is used up.
-- KEYS: counters. ARGV: for each of them the interval in milliseconds in which one grows again, and the most that it
-- holds. The time is the server's, so hosts need not agree about it.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local full = {}
for number, key in ipairs(KEYS) do
    local interval, burst = tonumber(ARGV[2 * number - 1]), tonumber(ARGV[2 * number])
    local full_at = math.max(tonumber(redis.call('GET', key) or '0'), now)
    -- A time that is later than a counter can reach was written before the clock was set back.
    if full_at - now > interval * burst then
        full_at = now
    end
    if full_at - now > interval * (burst - 1) then
        return number
    end
    full[number] = full_at + interval
end

for number, key in ipairs(KEYS) do
    redis.call('SET', key, string.format('%.0f', full[number]), 'PX', math.max(full[number] - now, 1))
end
return 0
