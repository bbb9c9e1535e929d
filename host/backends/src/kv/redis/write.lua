-- Writes an entry, and returns its version; false if the key does not hold what is expected.
-- KEYS: entry, index of the store, expiries, version. ARGV: name, key, value, now, expiry or 0, life in milliseconds or
-- an empty text, the version that is expected, or 'absent' or 'any'.
local entry, index, expiries, counter = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local name, key, value, now, expires, life, expected = unpack(ARGV)
if expected ~= 'any' and (held(entry, tonumber(now)) or 'absent') ~= expected then
    return false
end

-- A server that forgot its data must not hand out a version again. So it is the time in microseconds, if that is greater.
local time = redis.call('TIME')
local next = tonumber(redis.call('GET', counter) or '0') + 1
local version = math.max(next, tonumber(time[1]) * 1000000 + tonumber(time[2]))
redis.call('SET', counter, string.format('%.0f', version))

local bytes = string.format('%016.0f%016.0f', version, tonumber(expires)) .. value
if life == '' then
    redis.call('SET', entry, bytes)
    redis.call('ZREM', expiries, name)
else
    redis.call('SET', entry, bytes, 'PX', life)
    redis.call('ZADD', expiries, expires, name)
end
redis.call('ZADD', index, 0, key)
return version
