//! Every statement of blob storage in `SQLite`.

/// The longest object, in bytes: 8 MiB.
pub const OBJECT_BYTES_MAX: u64 = 8 << 20;

/// ?1 bucket, ?2 key.
pub const GET: &str = "SELECT value FROM objects WHERE bucket = ?1 AND key = ?2";

/// ?1 bucket, ?2 key, ?3 value.
pub const PUT: &str = "INSERT OR REPLACE INTO objects (bucket, key, value) VALUES (?1, ?2, ?3)";

/// ?1 bucket, ?2 key.
pub const DELETE: &str = "DELETE FROM objects WHERE bucket = ?1 AND key = ?2";

/// ?1 bucket, ?2 keys as a JSON array.
pub const DELETE_MANY: &str = "
    DELETE FROM objects WHERE bucket = ?1 AND key IN (SELECT value FROM json_each(?2))";

/// ?1 bucket, ?2 prefix, ?3 the first text after all texts with that prefix, or null, ?4 the key to start after, or
/// null, ?5 limit. A blob sorts after every text (<https://www.sqlite.org/datatype3.html>). As in
/// [`super::kv::LIST_KEYS`], a later page does not read the earlier ones again.
pub const LIST_KEYS: &str = "
    SELECT key FROM objects
    WHERE bucket = ?1 AND key >= max(?2, coalesce(?4, '')) AND key < coalesce(?3, x'') AND key IS NOT ?4
    ORDER BY key LIMIT ?5";
