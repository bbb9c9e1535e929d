//! Which keys must not be lost, on a deployment whose key-value storage may lose keys at any time, as a server of Redis
//! does that evicts or restarts.

use crate::{Key, Store};

/// The keys that must not be lost: all keys with one of these prefixes.
///
/// - The catalog version of a shop says whether the shop is closed. Without it, the shop would be open again.
/// - A review has what the merchant approved: without it, nobody would know which pages may be shown.
/// - The mark of a redaction keeps a page that is just being made from being stored.
/// - The store of queues has the marks of webhooks and signed requests that were seen, the progress of maintenance
///   tasks, audit records, reports for merchants, sums over counted shoppers, shops' domains and the errors of jobs.
///
/// Everything else is made again, or is of use for hours only: pages, which blob storage has too, the plans of
/// segments, the answers of catalogs, sessions, and records of counted shoppers: a shopper whose record is lost is
/// counted once more.
const DURABLE: [(Store, &str); 4] = [
    (Store::UiCache, Key::CATALOG_VERSIONS),
    (Store::UiCache, Key::FORGOTTEN),
    (Store::UiCache, Key::REVIEWS),
    (Store::GenerationQueue, ""),
];

/// Whether the keys with a prefix must not be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// None of them may be lost.
    Durable,
    /// All of them may be lost.
    Volatile,
    /// Some must not be lost.
    Mixed,
}

impl Key<'_> {
    /// Returns whether a key must not be lost.
    pub fn is_durable(store: &str, key: &str) -> bool {
        prefixes(store).any(|prefix| key.starts_with(prefix))
    }

    /// Returns whether the keys that start with `prefix` must not be lost.
    pub fn durability_of(store: &str, prefix: &str) -> Durability {
        if Self::is_durable(store, prefix) {
            Durability::Durable
        } else if prefixes(store).any(|durable| durable.starts_with(prefix)) {
            Durability::Mixed
        } else {
            Durability::Volatile
        }
    }
}

fn prefixes(store: &str) -> impl Iterator<Item = &'static str> {
    DURABLE.into_iter().filter(move |(of, _)| of.name() == store).map(|(_, prefix)| prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_durable_if_all_keys_with_it_are() {
        for (store, prefix, expected) in [
            ("UI_CACHE", "catalog:", Durability::Durable),
            ("UI_CACHE", "forgotten:shop:", Durability::Durable),
            ("UI_CACHE", "review:shop:", Durability::Durable),
            ("UI_CACHE", "ui:shop:", Durability::Volatile),
            ("UI_CACHE", "", Durability::Mixed),
            ("UI_CACHE", "f", Durability::Mixed),
            ("SHOPPER_SESSIONS", "", Durability::Volatile),
            ("GENERATION_QUEUE", "", Durability::Durable),
            ("GENERATION_QUEUE", "seen:", Durability::Durable),
            ("OTHER", "catalog:", Durability::Volatile),
        ] {
            assert_eq!(Key::durability_of(store, prefix), expected, "{store} {prefix}");
        }
    }
}
