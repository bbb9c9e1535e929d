//! The names of all stored entries and objects.

use std::fmt;

use crate::{Audience, EventId, SegmentId, ShopId, ShopperId};

/// The key-value stores of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// Pages in short-term storage, shops' records, the plans of segments, reviews, and the catalogs' answers.
    UiCache,
    /// Errors of jobs, and the records of webhooks, maintenance tasks and domains.
    GenerationQueue,
    /// Shoppers' signals.
    ShopperSessions,
}

impl Store {
    /// Every store.
    pub const ALL: [Self; 3] = [Self::UiCache, Self::GenerationQueue, Self::ShopperSessions];

    /// Returns its name in the deployment.
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
    Page(&'a ShopId, &'a ShopperId),
    /// The shop's catalog version, and whether the shop is closed.
    CatalogVersion(&'a ShopId),
    /// A mark that a shopper's data was just deleted.
    Forgotten(&'a ShopId, &'a ShopperId),
    /// The plan that the shoppers of a segment share.
    SharedPlan(&'a ShopId, &'a SegmentId),
    /// What the merchant decided about the plans of an audience: see [`crate::review`].
    Review(&'a ShopId, &'a Audience),
    /// The lease of the job that plans for a segment.
    Planning(&'a ShopId, &'a SegmentId),
    /// A shopper's signals in a shop. The key names the shop, because what a shopper does in one shop is no
    /// concern of another.
    Session(&'a ShopId, &'a ShopperId),
    /// The record of a shopper who was counted: see the crate `experiments`.
    Unit(&'a ShopId, &'a ShopperId),
    /// Sums over counted shoppers of a shop, by period and by one of the parts that they are spread over.
    Effects(&'a ShopId, u32, u8),
    /// Sums over the orders of counted shoppers, by the same period and part.
    Sales(&'a ShopId, u32, u8),
    /// The Rollouts of a shop, whose days are left out of the comparison.
    Rollouts(&'a ShopId),
    /// The shopper who placed an order, or refunds that arrived before it, by Shopify's number of the order.
    Order(&'a ShopId, u64),
    /// The index entry of an order, by the customer who placed it.
    OrderOf(&'a ShopId, &'a ShopperId, u64),
    /// An error of a job, by its time in milliseconds since the epoch and the job's id.
    JobError(u64, &'a str),
    /// The index entry of such an error, by shop: it finds a shop's errors without reading other shops' errors.
    JobErrorOf(&'a ShopId, u64, &'a str),
    /// A mark that something which must happen only once has happened: a webhook, a signed request.
    Seen(&'a ShopId, &'a EventId),
    /// The progress of a maintenance task, by the event that caused it.
    Tally(&'a ShopId, &'a EventId),
    /// The audit record of work on personal data, by its time in milliseconds since the epoch.
    Audit(&'a ShopId, u64, &'a EventId),
    /// The report of a customer's data, for the merchant.
    Report(&'a ShopId, &'a EventId),
    /// The index entry of such a report, by customer.
    ReportOf(&'a ShopId, &'a ShopperId, &'a EventId),
    /// An answer of a shop's catalog, by the question.
    Catalog(&'a ShopId, &'a str),
    /// The record of a shop's domains: see [`crate::Domains`].
    Domains(&'a ShopId),
    /// The index entry of a domain, by Shopify's number of the shop: it finds a shop's domains.
    DomainOf(u64, &'a ShopId),
}

impl Key<'_> {
    /// The prefix of all keys of audit records.
    pub const AUDITS: &'static str = "audit:";
    /// The prefix of all keys of sessions.
    pub const SESSIONS: &'static str = "session:";
    /// The prefix of all keys of errors.
    pub const JOB_ERRORS: &'static str = "error:";
    /// A key that sorts after all errors written here, and before those of the original deployment: here, times are
    /// padded to 15 digits, so they start with a zero for thousands of years.
    pub const JOB_ERRORS_END: &'static str = "error:0:";
    /// The prefix of all keys of pages.
    pub const PAGES: &'static str = "ui:";
    /// The prefix of all keys of marks that a shopper's data was deleted.
    pub const FORGOTTEN: &'static str = "forgotten:";
    /// The prefix of all keys of the original deployment's jobs.
    pub const OLD_JOBS: &'static str = "job:";
    /// The prefix of all keys of the original deployment's debug notes.
    pub const OLD_NOTES: &'static str = "debug:";
    /// The prefix of all keys of plans that segments share.
    pub const SHARED_PLANS: &'static str = "plan:";
    /// The prefix of all keys of reviews.
    pub const REVIEWS: &'static str = "review:";
    pub(crate) const PLANNINGS: &'static str = "planning:";
    pub(crate) const CATALOG_VERSIONS: &'static str = "catalog:";
    pub(crate) const JOB_ERRORS_OF: &'static str = "error-of:";
    pub(crate) const REPORTS_OF: &'static str = "report-of:";
    pub(crate) const CATALOGS: &'static str = "shopify:";
    pub(crate) const REPORTS: &'static str = "report:";
    pub(crate) const EFFECTS: &'static str = "effects:";
    pub(crate) const SALES: &'static str = "sales:";
    pub(crate) const ROLLOUTS: &'static str = "rollouts:";
    pub(crate) const UNITS: &'static str = "unit:";
    pub(crate) const ORDERS: &'static str = "order:";
    pub(crate) const ORDERS_OF: &'static str = "order-of:";
    pub(crate) const SEEN: &'static str = "seen:";
    pub(crate) const DOMAINS: &'static str = "domains:";
    pub(crate) const DOMAINS_OF: &'static str = "domains-of:";
    /// The start of the keys of tallies.
    pub const TALLIES: &'static str = "tally:";

    /// Returns the key-value store that holds it.
    pub fn store(&self) -> Store {
        match self {
            Self::Page(..)
            | Self::CatalogVersion(_)
            | Self::Forgotten(..)
            | Self::SharedPlan(..)
            | Self::Review(..)
            | Self::Planning(..)
            | Self::Catalog(..) => Store::UiCache,
            Self::Session(..) | Self::Unit(..) | Self::Order(..) | Self::OrderOf(..) => {
                Store::ShopperSessions
            }
            Self::JobError(..)
            | Self::Effects(..)
            | Self::Sales(..)
            | Self::Rollouts(_)
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

impl From<Key<'_>> for String {
    /// Returns the key as text. The two that a hit reads cost one allocation and no formatting.
    fn from(key: Key<'_>) -> Self {
        match key {
            Key::Page(shop, shopper) => [Key::PAGES, shop.as_str(), ":", shopper.as_str()].concat(),
            Key::CatalogVersion(shop) => [Key::CATALOG_VERSIONS, shop.as_str()].concat(),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(shop, shopper) => write!(f, "{}{shop}:{shopper}", Self::PAGES),
            Self::CatalogVersion(shop) => write!(f, "{}{shop}", Self::CATALOG_VERSIONS),
            Self::Forgotten(shop, shopper) => write!(f, "{}{shop}:{shopper}", Self::FORGOTTEN),
            Self::SharedPlan(shop, segment) => write!(f, "{}{shop}:{segment}", Self::SHARED_PLANS),
            Self::Review(shop, audience) => write!(f, "{}{shop}:{audience}", Self::REVIEWS),
            Self::Planning(shop, segment) => write!(f, "{}{shop}:{segment}", Self::PLANNINGS),
            Self::Session(shop, shopper) => write!(f, "{}{shop}:{shopper}", Self::SESSIONS),
            Self::Unit(shop, shopper) => write!(f, "{}{shop}:{shopper}", Self::UNITS),
            Self::Effects(shop, period, part) => write!(f, "{}{shop}:{period:06}:{part}", Self::EFFECTS),
            Self::Sales(shop, period, part) => write!(f, "{}{shop}:{period:06}:{part}", Self::SALES),
            Self::Rollouts(shop) => write!(f, "{}{shop}", Self::ROLLOUTS),
            Self::Order(shop, order) => write!(f, "{}{shop}:{order}", Self::ORDERS),
            Self::OrderOf(shop, customer, order) => {
                write!(f, "{}{shop}:{customer}:{order}", Self::ORDERS_OF)
            }
            // Zero-padded, so that keys sort by time.
            Self::JobError(at_ms, job) => write!(f, "{}{at_ms:015}:{job}", Self::JOB_ERRORS),
            Self::JobErrorOf(shop, at_ms, job) => {
                write!(f, "{}{shop}:{at_ms:015}:{job}", Self::JOB_ERRORS_OF)
            }
            Self::Seen(shop, event) => write!(f, "{}{shop}:{event}", Self::SEEN),
            Self::Tally(shop, event) => write!(f, "{}{shop}:{event}", Self::TALLIES),
            Self::Audit(shop, at_ms, event) => write!(f, "{}{shop}:{at_ms:015}:{event}", Self::AUDITS),
            Self::Report(shop, event) => write!(f, "{}{shop}:{event}", Self::REPORTS),
            Self::ReportOf(shop, customer, event) => {
                write!(f, "{}{shop}:{customer}:{event}", Self::REPORTS_OF)
            }
            Self::Domains(shop) => write!(f, "{}{shop}", Self::DOMAINS),
            Self::DomainOf(number, shop) => write!(f, "{}{number}:{shop}", Self::DOMAINS_OF),
            Self::Catalog(shop, question) => write!(f, "{}{shop}:{question}", Self::CATALOGS),
        }
    }
}

/// The buckets of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bucket {
    /// Pages and their plans in long-term storage.
    UiStorage,
}

impl Bucket {
    /// Every bucket.
    pub const ALL: [Self; 1] = [Self::UiStorage];

    /// Returns its name in the deployment.
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
    Page(&'a ShopId, &'a ShopperId),
    /// The plan it was rendered from.
    Plan(&'a ShopId, &'a ShopperId),
}

impl Object<'_> {
    /// The prefix of all names.
    pub(crate) const PREFIX: &'static str = "generated/";
    /// The ending of the names of pages.
    pub(crate) const PAGE_ENDING: &'static str = ".html";

    /// Returns the bucket that holds it.
    pub fn bucket(&self) -> Bucket {
        match self {
            Self::Page(..) | Self::Plan(..) => Bucket::UiStorage,
        }
    }
}

impl fmt::Display for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(shop, shopper) => write!(f, "{}{shop}:{shopper}{}", Self::PREFIX, Self::PAGE_ENDING),
            Self::Plan(shop, shopper) => write!(f, "{}{shop}:{shopper}.json", Self::PREFIX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_original_deployment() {
        let shop = ShopId::parse("magic-wands").unwrap();
        let shopper = ShopperId::parse("abc123").unwrap();
        assert_eq!(Key::Page(&shop, &shopper).to_string(), "ui:magic-wands:abc123");
        assert_eq!(Object::Page(&shop, &shopper).to_string(), "generated/magic-wands:abc123.html");
        assert_eq!(Key::Page(&shop, &shopper).store().name(), "UI_CACHE");
        assert_eq!(Object::Page(&shop, &shopper).bucket().name(), "UI_STORAGE");
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
