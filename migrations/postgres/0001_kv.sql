-- What each key of each store holds. Stores and keys are bytes: text of PostgreSQL cannot hold every character, and its
-- order depends on the database. An index holds keys of up to 2,700 bytes; the longest of ours have a few hundred.
CREATE TABLE kv_entries (
    store      bytea NOT NULL,
    key        bytea NOT NULL,
    -- A number that no other write gets, not even after a deletion.
    version    bigint NOT NULL,
    -- From when on the key holds nothing, in milliseconds since the epoch; null is never.
    expires_ms bigint,
    value      bytea NOT NULL,
    PRIMARY KEY (store, key)
);

CREATE SEQUENCE kv_versions;

CREATE INDEX kv_entries_by_expiry ON kv_entries (expires_ms) WHERE expires_ms IS NOT NULL;

-- The order in which entries were written.
CREATE INDEX kv_entries_by_version ON kv_entries (store, version);

-- Health checks write here. A backend has one row.
CREATE TABLE probes (
    backend   text PRIMARY KEY,
    probed_at timestamptz NOT NULL
);
