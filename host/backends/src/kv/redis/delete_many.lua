-- Deletes entries, and returns how many there were, including those that Redis has deleted because they expired.
-- KEYS: index of the store, expiries, and the entries. ARGV: what the names of the store's entries start with, and the
-- keys of the entries.
local deleted = 0
for number = 3, #KEYS do
    local key = ARGV[number - 1]
    redis.call('UNLINK', KEYS[number])
    redis.call('ZREM', KEYS[2], ARGV[1] .. key)
    deleted = deleted + redis.call('ZREM', KEYS[1], key)
end
return deleted
