-- Deletes entries that have expired, the earliest first, and returns how many. Redis deletes a value by itself, but not
-- its place in the index.
-- KEYS: expiries. ARGV: now, limit, what all keys start with, what the keys of indexes start with.
local names = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, name in ipairs(names) do
    local length, rest = name:match('^kv:(%d+):(.*)$')
    length = tonumber(length)
    redis.call('UNLINK', ARGV[3] .. name)
    redis.call('ZREM', ARGV[4] .. rest:sub(1, length), rest:sub(length + 2))
    redis.call('ZREM', KEYS[1], name)
end
return #names
