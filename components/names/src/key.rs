//! Every name under which something is stored.

use std::fmt;

use crate::{EventId, ShopperId, StoreId};

/// The key-value stores of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// Pages, short-term, and catalog versions.
    UiCache,
    /// What went wrong in jobs.
    GenerationQueue,
    /// What shoppers did.
    ShopperSessions,
}

impl Store {
    /// The name that the deployment gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::UiCache => "UI_CACHE",
            Self::GenerationQueue => "GENERATION_QUEUE",
            Self::ShopperSessions => "SHOPPER_SESSIONS",
        }
    }
}

/// A key in a key-value store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'a> {
    /// A shopper's page.
    Page(&'a StoreId, &'a ShopperId),
    /// The shop's catalog version, and whether the shop is closed.
    CatalogVersion(&'a StoreId),
    /// That a shopper was forgotten a moment ago.
    Forgotten(&'a StoreId, &'a ShopperId),
    /// What a shopper did in a shop. The shop is part of the key: what a shopper does in one is
    /// not the business of another.
    Session(&'a StoreId, &'a ShopperId),
    /// What went wrong in a job, by the time in milliseconds since the epoch.
    JobError(u64, &'a str),
    /// That a shop has such an entry: it is kept beside each, so that a shop's are found without reading others'.
    JobErrorOf(&'a StoreId, u64, &'a str),
    /// That something which must happen once has happened: a webhook, a signed request.
    Seen(&'a StoreId, &'a EventId),
    /// How far a maintenance task is, by what it follows from.
    Tally(&'a StoreId, &'a EventId),
    /// What was done with personal data, by the time in milliseconds since the epoch.
    Audit(&'a StoreId, u64, &'a EventId),
    /// What is kept of a customer, put together for the merchant.
    Report(&'a StoreId, &'a EventId),
    /// That there is such a report of a customer, likewise.
    ReportOf(&'a StoreId, &'a ShopperId, &'a EventId),
    /// What a shop's catalog answered, by the question.
    Catalog(&'a StoreId, &'a str),
    /// What is known of a shop's domains: see [`crate::Domains`].
    Domains(&'a StoreId),
    /// That a domain is that of the shop with this number: a shop's domains are found by it.
    DomainOf(u64, &'a StoreId),
}

impl Key<'_> {
    /// What all keys of audit records start with.
    pub const AUDITS: &'static str = "audit:";
    /// What all keys of sessions start with.
    pub const SESSIONS: &'static str = "session:";
    /// What all keys of errors start with.
    pub const JOB_ERRORS: &'static str = "error:";
    /// What sorts after all keys of errors that are written here, and before those of the original deployment: here
    /// times are padded to 15 digits, so that they start with a zero for thousands of years.
    pub const JOB_ERRORS_END: &'static str = "error:0:";
    /// What all keys of pages start with.
    pub const PAGES: &'static str = "ui:";
    /// What all keys start with that the original deployment kept of jobs.
    pub const OLD_JOBS: &'static str = "job:";
    /// What all keys start with that the original deployment kept for debugging.
    pub const OLD_NOTES: &'static str = "debug:";
    pub(crate) const CATALOG_VERSIONS: &'static str = "catalog:";
    pub(crate) const FORGOTTEN: &'static str = "forgotten:";
    pub(crate) const JOB_ERRORS_OF: &'static str = "error-of:";
    pub(crate) const REPORTS_OF: &'static str = "report-of:";
    pub(crate) const CATALOGS: &'static str = "shopify:";
    pub(crate) const REPORTS: &'static str = "report:";
    pub(crate) const SEEN: &'static str = "seen:";
    pub(crate) const DOMAINS: &'static str = "domains:";
    pub(crate) const DOMAINS_OF: &'static str = "domains-of:";
    pub(crate) const TALLIES: &'static str = "tally:";

    /// The store that holds it.
    pub fn store(&self) -> Store {
        match self {
            Self::Page(..) | Self::CatalogVersion(_) | Self::Forgotten(..) | Self::Catalog(..) => {
                Store::UiCache
            }
            Self::Session(..) => Store::ShopperSessions,
            Self::JobError(..)
            | Self::JobErrorOf(..)
            | Self::Seen(..)
            | Self::Tally(..)
            | Self::Audit(..)
            | Self::Report(..)
            | Self::ReportOf(..)
            | Self::Domains(_)
            | Self::DomainOf(..) => Store::GenerationQueue,
        }
    }
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(store, shopper) => write!(f, "{}{store}:{shopper}", Self::PAGES),
            Self::CatalogVersion(store) => write!(f, "{}{store}", Self::CATALOG_VERSIONS),
            Self::Forgotten(store, shopper) => write!(f, "{}{store}:{shopper}", Self::FORGOTTEN),
            Self::Session(store, shopper) => write!(f, "{}{store}:{shopper}", Self::SESSIONS),
            // Zero-padded, so that byte order is the order of time.
            Self::JobError(at_ms, job) => write!(f, "{}{at_ms:015}:{job}", Self::JOB_ERRORS),
            Self::JobErrorOf(store, at_ms, job) => {
                write!(f, "{}{store}:{at_ms:015}:{job}", Self::JOB_ERRORS_OF)
            }
            Self::Seen(store, event) => write!(f, "{}{store}:{event}", Self::SEEN),
            Self::Tally(store, event) => write!(f, "{}{store}:{event}", Self::TALLIES),
            Self::Audit(store, at_ms, event) => write!(f, "{}{store}:{at_ms:015}:{event}", Self::AUDITS),
            Self::Report(store, event) => write!(f, "{}{store}:{event}", Self::REPORTS),
            Self::ReportOf(store, customer, event) => {
                write!(f, "{}{store}:{customer}:{event}", Self::REPORTS_OF)
            }
            Self::Domains(store) => write!(f, "{}{store}", Self::DOMAINS),
            Self::DomainOf(number, store) => write!(f, "{}{number}:{store}", Self::DOMAINS_OF),
            Self::Catalog(store, question) => write!(f, "{}{store}:{question}", Self::CATALOGS),
        }
    }
}

/// The buckets of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bucket {
    /// Pages and their plans, long-term.
    UiStorage,
}

impl Bucket {
    /// The name that the deployment gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::UiStorage => "UI_STORAGE",
        }
    }
}

/// An object in a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object<'a> {
    /// A shopper's page.
    Page(&'a StoreId, &'a ShopperId),
    /// The plan it was rendered from.
    Plan(&'a StoreId, &'a ShopperId),
}

impl Object<'_> {
    /// What all names start with.
    pub(crate) const PREFIX: &'static str = "generated/";
    /// How the names of pages end.
    pub(crate) const PAGE_ENDING: &'static str = ".html";

    /// The bucket that holds it.
    pub fn bucket(&self) -> Bucket {
        match self {
            Self::Page(..) | Self::Plan(..) => Bucket::UiStorage,
        }
    }
}

impl fmt::Display for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(store, shopper) => write!(f, "{}{store}:{shopper}{}", Self::PREFIX, Self::PAGE_ENDING),
            Self::Plan(store, shopper) => write!(f, "{}{store}:{shopper}.json", Self::PREFIX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_original_deployment() {
        let store = StoreId::parse("magic-wands").unwrap();
        let shopper = ShopperId::parse("abc123").unwrap();
        assert_eq!(Key::Page(&store, &shopper).to_string(), "ui:magic-wands:abc123");
        assert_eq!(Object::Page(&store, &shopper).to_string(), "generated/magic-wands:abc123.html");
        assert_eq!(Key::Page(&store, &shopper).store().name(), "UI_CACHE");
        assert_eq!(Object::Page(&store, &shopper).bucket().name(), "UI_STORAGE");
    }

    #[test]
    fn errors_sort_by_time() {
        assert!(Key::JobError(999, "b").to_string() < Key::JobError(1000, "a").to_string());
        let end = Key::JOB_ERRORS_END;
        assert!(Key::JobError(32_503_680_000_000, "z").to_string().as_str() < end, "the year 3000");
        for original in ["error:1732800000000:abc", "error:magic-wands:abc", "error:abc"] {
            assert!(original > end, "{original}");
        }
    }
}
