-- Returns 'more' if there may be more, the last key that was looked at, and keys that hold something, in byte order.
-- KEYS: index of the store. ARGV: what the keys of the store's entries start with, now, the first and the last key as for
-- ZRANGEBYLEX, how many keys to look at, how many to return.
local entries, now, first, last, looks, limit = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
local keys = redis.call('ZRANGEBYLEX', KEYS[1], first, last, 'LIMIT', 0, looks)
local found = {#keys == tonumber(looks) and 'more' or 'end', keys[#keys] or ''}
for _, key in ipairs(keys) do
    if #found - 2 == limit then
        break
    end
    if held(entries .. key, now) then
        found[#found + 1] = key
    end
end
return found
