//! The capabilities that generation needs.

use model::catalog::{CatalogError, Collection, Product};
use model::llm::Request;
pub use model::llm::{Completion, Ending, Error as NoAnswer, Failed};
use model::pages::{JobId, NewPage, PageMetadata, SharedPlan, StoredPlan};
use model::review::{Kept, WaitingPlan};
use model::shop::ShopSettings;
use model::{Audience, Market, SegmentId, ShopId, ShopperId};

use crate::assortment::Assortment;

/// All capabilities together.
pub trait Host: Cache + Catalog + Llm + Operator {}

impl<T: Cache + Catalog + Llm + Operator> Host for T {}

/// Why a cache operation failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CacheError {
    /// It can never succeed. The text is for the log.
    #[error("{0}")]
    Invalid(String),
    /// Storage did not answer: try again later. The text is for the log.
    #[error("{0}")]
    Unavailable(String),
}

/// The cache of pages and plans. Writing the same page twice does no harm.
pub trait Cache {
    /// Returns the shop's catalog version.
    fn catalog_version(&self, shop: &ShopId) -> Result<u64, CacheError>;
    /// Returns the plan of the shopper's page.
    fn plan(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Option<StoredPlan>, CacheError>;
    /// Returns the metadata of the shopper's page, fresh or stale.
    fn page_metadata(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Option<PageMetadata>, CacheError>;
    /// Stores a page and the plan that it was rendered from, the plan first.
    fn put(&self, shop: &ShopId, shopper: &ShopperId, page: NewPage<String>) -> Result<(), CacheError>;
    /// Returns the plan that the shoppers of a segment share, fresh or not.
    fn shared_plan(&self, shop: &ShopId, segment: &SegmentId) -> Result<Option<SharedPlan>, CacheError>;
    /// Leases the planning for a segment to a job. Returns whether the job has the lease, which expires.
    fn lease_planning(&self, shop: &ShopId, segment: &SegmentId, job: &JobId) -> Result<bool, CacheError>;
    /// Gives the lease back, if the job still has it.
    fn release_planning(&self, shop: &ShopId, segment: &SegmentId, job: &JobId) -> Result<(), CacheError>;
    /// Stores the plan of a segment.
    fn share_plan(&self, shop: &ShopId, segment: &SegmentId, plan: SharedPlan) -> Result<(), CacheError>;
    /// Returns what the merchant decided about the plans of an audience.
    fn review(&self, shop: &ShopId, audience: &Audience) -> Result<Kept, CacheError>;
    /// Lets a plan wait for approval, in the place of the one that waits. Returns false if there is no room for it.
    fn submit_plan(&self, shop: &ShopId, audience: &Audience, plan: WaitingPlan) -> Result<bool, CacheError>;
}

/// The catalog.
pub trait Catalog {
    /// Returns the current products that the storefront may show.
    fn products(&self, shop: &ShopId, market: &Market) -> Result<Assortment, CatalogError>;
    /// Returns the shop's collections, those with the most products first.
    fn collections(&self, shop: &ShopId, market: &Market) -> Result<Vec<Collection>, CatalogError>;
    /// Returns the ids of the current products of each of these collections, in the order of the handles.
    fn members(&self, shop: &ShopId, handles: &[String]) -> Result<Vec<Vec<String>>, CatalogError>;
    /// Returns the products with these ids or handles that the shop has.
    fn by_name(&self, shop: &ShopId, market: &Market, names: &[String])
    -> Result<Vec<Product>, CatalogError>;
    /// Returns the products that match a shopper's search term, best match first.
    fn search(&self, shop: &ShopId, market: &Market, term: &str) -> Result<Vec<Product>, CatalogError>;
}

/// A large language model.
pub trait Llm {
    /// Returns whether there is a model.
    fn is_configured(&self) -> bool;
    /// Sends a request and waits for the complete answer. Each call costs money. A job makes one call, and a
    /// second one only to repair the first answer.
    fn complete(&self, request: &Request) -> Result<Completion, NoAnswer>;
}

/// The severity of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Something went wrong and was handled.
    Warn,
}

/// The deployment: its settings, its clock and its log.
pub trait Operator {
    /// Returns the merchant's settings; `None` if this deployment does not serve the shop.
    fn merchant(&self, shop: &ShopId) -> Option<ShopSettings>;
    /// Returns how long a page counts as fresh, in seconds.
    fn fresh_seconds(&self) -> u32;
    /// Returns the current time in milliseconds since the Unix epoch.
    fn now_ms(&self) -> u64;
    /// Logs an event: a constant message, and its details as pairs of name and value.
    fn event(&self, level: Level, message: &str, particulars: &[(&str, &str)]);
}
