//! The statements for PostgreSQL; the tables are in `migrations/postgres`. Each is atomic by itself, also against other
//! transactions that run at the same time, at the isolation level `READ COMMITTED`.
//!
//! A statement that changes many rows locks them in one order, or leaves out those that are locked. So no two
//! statements wait for each other.

pub mod budget;
pub mod hosts;
pub mod jobs;
pub mod kv;
pub mod swaps;

/// Sorts after the bytes of every text, because UTF-8 has no such byte.
const AFTER_ALL: &[u8] = b"\xff";

/// Returns the first bytes that sort after every text with `prefix`.
pub fn first_after(prefix: &str) -> Vec<u8> {
    crate::first_after(prefix).map_or(AFTER_ALL.to_vec(), String::into_bytes)
}

/// $1 the name of the backend.
pub const PROBE: &str = "
    INSERT INTO probes (backend, probed_at) VALUES ($1, now())
    ON CONFLICT (backend) DO UPDATE SET probed_at = now()";

/// $1 what the channel is about. Returns the channel of the hosts whose tables are in this schema.
pub const CHANNEL: &str = "SELECT $1 || '_' || to_hex(hashtext(current_schema()))";

/// $1 what the channel is about, $2 payloads, each of which becomes a notification.
pub const NOTIFY: &str = "
    SELECT pg_notify($1 || '_' || to_hex(hashtext(current_schema())), payload) FROM unnest($2::text[]) AS payload";
