//! The names of keys in the server.

use crate::redis::REPORTED;

/// The index of all entries that expire, by time.
pub const EXPIRIES: &str = "expiries";
/// The last version that was given.
pub const VERSION: &str = "version";

/// Returns the name of the index of a store's keys.
pub fn index(store: &str) -> String {
    format!("keys:{store}")
}

/// Returns what the names of a store's entries start with. The length tells where the store ends, whatever is in it.
pub fn store_prefix(store: &str) -> String {
    format!("{REPORTED}:{}:{store}:", store.len())
}

/// Returns the name of an entry.
pub fn of_entry(store: &str, key: &str) -> String {
    store_prefix(store) + key
}

/// Returns the store and the key of an entry by the part of its name after the prefix of entries.
pub fn parse(name: &[u8]) -> Option<(&str, &str)> {
    let (length, rest) = std::str::from_utf8(name).ok()?.split_once(':')?;
    let (store, key) = rest.split_at_checked(length.parse().ok()?)?;
    Some((store, key.strip_prefix(':')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_as_it_was_written() {
        for (store, key) in
            [("UI_CACHE", "ui:shop:abc"), ("", ""), ("a:1", ":2:b"), ("é", "\0"), ("12:", "3:x")]
        {
            let name = of_entry(store, key);
            let name = name.strip_prefix("kv:").unwrap();
            assert_eq!(parse(name.as_bytes()), Some((store, key)));
        }
        for name in ["", "8", "8:UI_CACHE", "x:y", "99:y:z", "1:é:z"] {
            assert_eq!(parse(name.as_bytes()), None, "{name}");
        }
    }
}
