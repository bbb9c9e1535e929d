//! Every statement of key-value storage in PostgreSQL. Stores and keys are the bytes of their names.
//!
//! A version is drawn from a sequence once the row is locked, so that the versions of a key rise in the order of its
//! writes.

/// The number of entries that [`MEASURE`] reads at once.
pub const MEASURED_AT_ONCE: i64 = 10_000;

/// $1 store, $2 key, $3 now.
pub const GET: &str = "
    SELECT value, version, expires_ms FROM kv_entries
    WHERE store = $1 AND key = $2 AND (expires_ms IS NULL OR expires_ms > $3)";

/// $1 store, $2 key, $3 value, $4 expiry.
pub const SET: &str = "
    INSERT INTO kv_entries (store, key, version, value, expires_ms) VALUES ($1, $2, nextval('kv_versions'), $3, $4)
    ON CONFLICT (store, key) DO UPDATE
    SET version = nextval('kv_versions'), value = excluded.value, expires_ms = excluded.expires_ms
    RETURNING version";

/// $1 store, $2 key, $3 value, $4 expiry, $5 now. Returns nothing if the key holds something.
pub const SET_IF_ABSENT: &str = "
    INSERT INTO kv_entries AS held (store, key, version, value, expires_ms)
    VALUES ($1, $2, nextval('kv_versions'), $3, $4)
    ON CONFLICT (store, key) DO UPDATE
    SET version = nextval('kv_versions'), value = excluded.value, expires_ms = excluded.expires_ms
    WHERE held.expires_ms <= $5
    RETURNING version";

/// $1 store, $2 key, $3 value, $4 expiry, $5 now, $6 the version expected. Returns nothing if the key holds another or
/// nothing.
pub const SET_IF_VERSION: &str = "
    UPDATE kv_entries SET version = nextval('kv_versions'), value = $3, expires_ms = $4
    WHERE store = $1 AND key = $2 AND version = $6 AND (expires_ms IS NULL OR expires_ms > $5)
    RETURNING version";

/// $1 store, $2 key, $3 now. Returns whether the key held something.
pub const DELETE: &str = "
    DELETE FROM kv_entries WHERE store = $1 AND key = $2
    RETURNING expires_ms IS NULL OR expires_ms > $3";

/// $1 store, $2 keys. Expired keys count too.
pub const DELETE_MANY: &str = "
    DELETE FROM kv_entries WHERE store = $1 AND key = ANY (ARRAY(
        SELECT key FROM kv_entries WHERE store = $1 AND key = ANY ($2) ORDER BY key FOR UPDATE
    ))";

/// $1 store, $2 the first key, $3 the key that ends the list and is not in it, $4 limit, $5 now.
pub const LIST_KEYS: &str = "
    SELECT key FROM kv_entries
    WHERE store = $1 AND key >= $2 AND key < $3 AND (expires_ms IS NULL OR expires_ms > $5)
    ORDER BY key LIMIT $4";

/// $1 now, $2 limit.
pub const PURGE_EXPIRED: &str = "
    DELETE FROM kv_entries WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM kv_entries WHERE expires_ms <= $1 ORDER BY expires_ms LIMIT $2 FOR UPDATE SKIP LOCKED
    ))";

/// $1 store, $2 the version before which to measure, $3 a number of bytes, $4 the number of entries.
///
/// Measures the newest entries before a version. Returns how many there are, their bytes in all, the version of the
/// oldest, and the version of the oldest with which the bytes are within $3. An entry counts as it is stored, with 200
/// bytes for the row and its places in the indexes. What deleted rows still take is not counted: vacuum frees it.
pub const MEASURE: &str = "
    SELECT count(*) AS entries, coalesce(max(total), 0)::bigint AS bytes, min(version) AS oldest,
        min(version) FILTER (WHERE total <= $3) AS oldest_within
    FROM (
        SELECT version, sum(bytes) OVER (ORDER BY version DESC) AS total
        FROM (
            SELECT version, pg_column_size(value) + octet_length(key) + 200 AS bytes FROM kv_entries
            WHERE store = $1 AND version < $2 ORDER BY version DESC LIMIT $4
        ) AS newest
    ) AS measured";

/// $1 store, $2 version, $3 limit. Deletes entries that were written before that version, but nothing that must not be
/// lost ([`model::Key::is_durable`]).
pub const DELETE_BEFORE: &str = "
    DELETE FROM kv_entries WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM kv_entries
        WHERE store = $1 AND version < $2
            AND substr(key, 1, 8) <> 'catalog:'::bytea AND substr(key, 1, 10) <> 'forgotten:'::bytea
            AND substr(key, 1, 7) <> 'review:'::bytea
        ORDER BY version LIMIT $3 FOR UPDATE SKIP LOCKED
    ))";
