//! The keys that each role can access, and the operations it may use: the minimum that it needs.

use crate::{Bucket, Key, Object, Store};

/// An operation on a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Reads the entry or object.
    Read,
    /// Writes it, also by a compare-and-swap.
    Write,
    /// Deletes it.
    Delete,
    /// Lists the keys that start with a prefix.
    List,
}

impl Operation {
    /// Returns its name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Delete => "delete",
            Self::List => "list",
        }
    }
}

/// The permission for some operations on all keys with a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant<P> {
    /// The store or bucket.
    pub place: P,
    /// The prefix of the keys.
    pub prefix: &'static str,
    /// The permitted operations.
    pub operations: &'static [Operation],
}

/// The permissions of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// Its permissions in key-value storage.
    pub entries: &'static [Grant<Store>],
    /// Its permissions in blob storage.
    pub objects: &'static [Grant<Bucket>],
}

/// The reason why a role may not perform an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The role has no permissions in this store or bucket.
    NoSuchPlace,
    /// The role has no permission for this operation on this key.
    NotPermitted,
}

const READ: Operation = Operation::Read;
const WRITE: Operation = Operation::Write;
const DELETE: Operation = Operation::Delete;
const LIST: Operation = Operation::List;

const fn entries(place: Store, prefix: &'static str, operations: &'static [Operation]) -> Grant<Store> {
    Grant { place, prefix, operations }
}

impl Access {
    /// No permissions.
    pub const NONE: Self = Self { entries: &[], objects: &[] };

    /// The permissions of routing: its own sessions, what it counts, and the entries that its maintenance tasks find
    /// and delete.
    pub const ROUTING: Self = Self {
        entries: &[
            entries(Store::ShopperSessions, Key::SESSIONS, &[READ, WRITE, DELETE, LIST]),
            entries(Store::ShopperSessions, Key::UNITS, &[READ, WRITE, DELETE, LIST]),
            entries(Store::ShopperSessions, Key::ORDERS, &[READ, WRITE, DELETE, LIST]),
            entries(Store::ShopperSessions, Key::ORDERS_OF, &[WRITE, DELETE, LIST]),
            entries(Store::GenerationQueue, Key::SALES, &[READ, WRITE, DELETE, LIST]),
            entries(Store::GenerationQueue, Key::EFFECTS, &[READ, WRITE, DELETE, LIST]),
            entries(Store::GenerationQueue, Key::ROLLOUTS, &[DELETE]),
            entries(Store::GenerationQueue, Key::SEEN, &[READ, WRITE, DELETE, LIST]),
            entries(Store::GenerationQueue, Key::TALLIES, &[READ, WRITE, DELETE, LIST]),
            entries(Store::GenerationQueue, Key::DOMAINS, &[READ, WRITE, DELETE]),
            entries(Store::GenerationQueue, Key::DOMAINS_OF, &[WRITE, DELETE, LIST]),
            entries(Store::GenerationQueue, Key::AUDITS, &[WRITE]),
            entries(Store::GenerationQueue, Key::REPORTS, &[WRITE, DELETE, LIST]),
            entries(Store::GenerationQueue, Key::REPORTS_OF, &[WRITE, DELETE, LIST]),
            entries(Store::GenerationQueue, Key::JOB_ERRORS, &[READ, DELETE, LIST]),
            entries(Store::GenerationQueue, Key::JOB_ERRORS_OF, &[DELETE, LIST]),
            entries(Store::GenerationQueue, Key::OLD_JOBS, &[READ, DELETE, LIST]),
            entries(Store::GenerationQueue, Key::OLD_NOTES, &[READ, DELETE, LIST]),
        ],
        objects: &[],
    };

    /// The permissions of caching: pages in both tiers, the plans of segments, reviews, and each shop's record.
    pub const CACHING: Self = Self {
        entries: &[
            entries(Store::UiCache, Key::PAGES, &[READ, WRITE, DELETE, LIST]),
            entries(Store::UiCache, Key::CATALOG_VERSIONS, &[READ, WRITE]),
            entries(Store::UiCache, Key::FORGOTTEN, &[READ, WRITE]),
            entries(Store::UiCache, Key::SHARED_PLANS, &[READ, WRITE, DELETE, LIST]),
            entries(Store::UiCache, Key::REVIEWS, &[READ, WRITE, DELETE, LIST]),
            entries(Store::UiCache, Key::PLANNINGS, &[READ, WRITE, DELETE, LIST]),
            entries(Store::UiCache, Key::CATALOGS, &[DELETE, LIST]),
        ],
        objects: &[Grant {
            place: Bucket::UiStorage,
            prefix: Object::PREFIX,
            operations: &[READ, WRITE, DELETE, LIST],
        }],
    };

    /// The permissions of queueing: errors of jobs.
    pub const QUEUEING: Self = Self {
        entries: &[
            entries(Store::GenerationQueue, Key::JOB_ERRORS, &[READ, WRITE, LIST]),
            entries(Store::GenerationQueue, Key::JOB_ERRORS_OF, &[WRITE]),
        ],
        objects: &[],
    };

    /// The permissions of the catalog: answers of shops.
    pub const CATALOG: Self =
        Self { entries: &[entries(Store::UiCache, Key::CATALOGS, &[READ, WRITE])], objects: &[] };

    /// Checks an operation on a key of a key-value store, or on all keys that start with it.
    pub fn of_entry(&self, operation: Operation, store: &str, key: &str) -> Result<(), Refused> {
        let here = self.entries.iter().filter(|grant| grant.place.name() == store);
        decide(here, operation, key)
    }

    /// Checks an operation on a name in a bucket, or on all names that start with it.
    pub fn of_object(&self, operation: Operation, bucket: &str, key: &str) -> Result<(), Refused> {
        let here = self.objects.iter().filter(|grant| grant.place.name() == bucket);
        decide(here, operation, key)
    }
}

fn decide<P: Copy + 'static>(
    grants: impl Iterator<Item = &'static Grant<P>>,
    operation: Operation,
    key: &str,
) -> Result<(), Refused> {
    let mut refused = Refused::NoSuchPlace;
    for grant in grants {
        if key.starts_with(grant.prefix) && grant.operations.contains(&operation) {
            return Ok(());
        }
        refused = Refused::NotPermitted;
    }
    Err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Audience, EventId, SegmentId, ShopId, ShopperId};

    const ALL: [Operation; 4] = [READ, WRITE, DELETE, LIST];
    const ROLES: [Access; 4] = [Access::ROUTING, Access::CACHING, Access::QUEUEING, Access::CATALOG];

    #[track_caller]
    fn check(access: Access, store: &str, key: &str, expected: &[Operation]) {
        let allowed: Vec<_> =
            ALL.into_iter().filter(|operation| access.of_entry(*operation, store, key).is_ok()).collect();
        assert_eq!(allowed, expected, "{store} {key}");
    }

    #[test]
    fn a_catalog_reaches_what_shops_answered_and_nothing_else() {
        check(Access::CATALOG, "UI_CACHE", "shopify:magic-wands:products", &[READ, WRITE]);
        for key in ["catalog:magic-wands", "ui:magic-wands:abc", "forgotten:magic-wands:abc", "shopify", ""] {
            check(Access::CATALOG, "UI_CACHE", key, &[]);
        }
        for store in ["SHOPPER_SESSIONS", "GENERATION_QUEUE", "NONE", ""] {
            for operation in ALL {
                let refused = Access::CATALOG.of_entry(operation, store, "shopify:magic-wands:products");
                assert_eq!(refused, Err(Refused::NoSuchPlace), "{store}");
            }
        }
        let page = Access::CATALOG.of_object(READ, "UI_STORAGE", "generated/magic-wands:abc.html");
        assert_eq!(page, Err(Refused::NoSuchPlace));
    }

    #[test]
    fn nobody_lists_beyond_their_own() {
        for access in ROLES {
            for grant in access.entries {
                for shorter in ["", &grant.prefix[..1], &grant.prefix[..grant.prefix.len() - 1]] {
                    let refused = access.of_entry(LIST, grant.place.name(), shorter);
                    assert_eq!(refused, Err(Refused::NotPermitted), "{shorter}");
                }
            }
        }
    }

    #[test]
    fn audit_records_are_written_and_never_changed_by_others() {
        check(Access::ROUTING, "GENERATION_QUEUE", "audit:magic-wands:000000000000001:x", &[WRITE]);
        check(Access::QUEUEING, "GENERATION_QUEUE", "audit:magic-wands:000000000000001:x", &[]);
    }

    #[test]
    fn every_key_is_read_or_written_by_somebody_and_each_prefix_ends_with_a_separator() {
        let (store, shopper) = (ShopId::parse("magic-wands").unwrap(), ShopperId::parse("abc").unwrap());
        let (event, segment) = (EventId::parse("x").unwrap(), SegmentId::parse("home").unwrap());
        let audience = Audience::parse("home_explorer_-").unwrap();
        for key in [
            Key::Page(&store, &shopper),
            Key::Review(&store, &audience),
            Key::CatalogVersion(&store),
            Key::Forgotten(&store, &shopper),
            Key::SharedPlan(&store, &segment),
            Key::Planning(&store, &segment),
            Key::Session(&store, &shopper),
            Key::Unit(&store, &shopper),
            Key::Effects(&store, 1, 0),
            Key::Sales(&store, 1, 0),
            Key::Order(&store, 7),
            Key::OrderOf(&store, &shopper, 7),
            Key::JobError(1, "x"),
            Key::JobErrorOf(&store, 1, "x"),
            Key::Seen(&store, &event),
            Key::Tally(&store, &event),
            Key::Domains(&store),
            Key::DomainOf(7, &store),
            Key::Audit(&store, 1, &event),
            Key::Report(&store, &event),
            Key::ReportOf(&store, &shopper, &event),
            Key::Catalog(&store, "products"),
        ] {
            let writers = ROLES
                .iter()
                .filter(|access| access.of_entry(WRITE, key.store().name(), &key.to_string()).is_ok());
            assert_eq!(writers.count(), 1, "{key}");
        }
        for grant in ROLES.iter().flat_map(|access| access.entries) {
            assert!(grant.prefix.ends_with(':'), "{}", grant.prefix);
        }
    }
}
