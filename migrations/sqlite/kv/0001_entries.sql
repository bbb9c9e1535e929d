-- What each key of each store holds. The version of a key is the id of its row: every write
-- replaces the row, and AUTOINCREMENT never hands out an id twice.
CREATE TABLE entries (
    version    INTEGER PRIMARY KEY AUTOINCREMENT,
    store      TEXT NOT NULL,
    key        TEXT NOT NULL,
    -- From when on the key holds nothing, in milliseconds since the epoch; null is never.
    expires_ms INTEGER,
    value      BLOB NOT NULL,
    UNIQUE (store, key)
) STRICT;

CREATE INDEX entries_by_expiry ON entries (expires_ms) WHERE expires_ms IS NOT NULL;
