//! Every statement of key-value storage in `SQLite`.
//!
//! A key's version is its row id. Each write replaces the row, and `AUTOINCREMENT` never hands out
//! an id twice, not even after a deletion (<https://www.sqlite.org/autoinc.html>).

/// The longest value, in bytes: 1 MiB.
pub const VALUE_BYTES_MAX: u64 = 1 << 20;

/// ?1 store, ?2 key, ?3 now.
pub const GET: &str = "
    SELECT value, version, expires_ms FROM entries
    WHERE store = ?1 AND key = ?2 AND (expires_ms IS NULL OR expires_ms > ?3)";

/// ?1 store, ?2 key, ?3 value, ?4 expiry.
pub const SET: &str = "
    INSERT OR REPLACE INTO entries (store, key, value, expires_ms) VALUES (?1, ?2, ?3, ?4)
    RETURNING version";

/// ?1 store, ?2 key, ?3 value, ?4 expiry, ?5 now, ?6 the version expected, or null.
pub const COMPARE_AND_SWAP: &str = "
    INSERT OR REPLACE INTO entries (store, key, value, expires_ms)
    SELECT ?1, ?2, ?3, ?4
    WHERE ?6 IS (
        SELECT version FROM entries
        WHERE store = ?1 AND key = ?2 AND (expires_ms IS NULL OR expires_ms > ?5)
    )
    RETURNING version";

/// ?1 store, ?2 key, ?3 now. Returns whether the key held something.
pub const DELETE: &str = "
    DELETE FROM entries WHERE store = ?1 AND key = ?2
    RETURNING expires_ms IS NULL OR expires_ms > ?3";

/// ?1 store, ?2 keys as a JSON array. Expired keys count too.
pub const DELETE_MANY: &str = "
    DELETE FROM entries WHERE store = ?1 AND key IN (SELECT value FROM json_each(?2))
    RETURNING key";

/// ?1 store, ?2 prefix, ?3 the first text after all texts with that prefix, or null, ?4 the key to start after, or
/// null, ?5 limit, ?6 now. A blob sorts after every text, and an empty text before
/// (<https://www.sqlite.org/datatype3.html>). The search in the index starts at the greater of ?2 and ?4, so that a
/// later page does not read the earlier ones again.
pub const LIST_KEYS: &str = "
    SELECT key FROM entries
    WHERE store = ?1 AND key >= max(?2, coalesce(?4, '')) AND key < coalesce(?3, x'')
        AND key IS NOT ?4 AND (expires_ms IS NULL OR expires_ms > ?6)
    ORDER BY key LIMIT ?5";

/// ?1 store, ?2 limit. Deletes what was written the longest ago (versions rise with each write), but nothing that must not
/// be lost ([`model::Key::is_durable`]): without its record, a closed shop would be open again.
pub const DELETE_OLDEST: &str = "
    DELETE FROM entries WHERE version IN (
        SELECT version FROM entries
        WHERE store = ?1 AND key NOT GLOB 'catalog:*' AND key NOT GLOB 'forgotten:*'
            AND key NOT GLOB 'review:*'
        ORDER BY version LIMIT ?2
    )";

/// ?1 now, ?2 limit.
pub const PURGE_EXPIRED: &str = "
    DELETE FROM entries WHERE version IN (
        SELECT version FROM entries WHERE expires_ms <= ?1 ORDER BY expires_ms LIMIT ?2
    )";
