-- Deletes an entry, and returns 1 if the key held it.
-- KEYS: entry, index of the store, expiries. ARGV: name, key, now.
local was_held = held(KEYS[1], tonumber(ARGV[3]))
redis.call('UNLINK', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[2])
redis.call('ZREM', KEYS[3], ARGV[1])
return was_held and 1 or 0
