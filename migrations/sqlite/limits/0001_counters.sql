-- Counters of what strangers make a deployment do. One is full at `full_ms`, in milliseconds since the Unix epoch, and
-- until then what was taken from it grows again.
CREATE TABLE counters (
    key TEXT PRIMARY KEY,
    full_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
