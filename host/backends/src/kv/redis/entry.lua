-- An entry is a string: 16 digits of its version, 16 digits of the time when it expires in milliseconds since the epoch
-- (zero if never), and the value.

-- Returns the version of the entry that a key holds, or nil if it holds none. The hosts' clock says when it expires.
local function held(entry, now)
    local head = redis.call('GETRANGE', entry, 0, 31)
    if #head < 32 then
        return nil
    end
    local expires = tonumber(head:sub(17, 32))
    if expires > 0 and expires <= now then
        return nil
    end
    return head:sub(1, 16)
end
