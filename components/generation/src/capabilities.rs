//! The capabilities that generation needs.

use model::llm::Request;
pub use model::llm::{Completion, Ending, Error as NoAnswer, Failed};
use model::{Market, Persona, ShopId, ShopperId, Source};
use page::Product;

use crate::assortment::Assortment;
use crate::storefront::Merchant;

/// All capabilities together.
pub trait Host: Cache + Catalog + Llm + Operator {}

impl<T: Cache + Catalog + Llm + Operator> Host for T {}

/// The metadata of a stored page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageMetadata {
    /// The persona that the page was made for.
    pub persona: Persona,
    /// The confidence in that persona, in percent.
    pub confidence: u32,
    /// Who planned it.
    pub source: Source,
    /// The id of the job that made the page.
    pub job: String,
    /// When the plan was made, in milliseconds since the epoch.
    pub planned_ms: u64,
    /// When the page stops being fresh, in milliseconds since the epoch.
    pub fresh_until_ms: u64,
    /// The catalog version that the prices are from.
    pub catalog_version: u64,
    /// Offset of the fragment in the document, in bytes. The fragment is the part that is shown inside a theme.
    pub fragment_offset: u32,
    /// Size of the fragment, in bytes.
    pub fragment_size: u32,
}

/// A plan from the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPlan {
    /// The plan, as [`crate::plan::to_stored`] wrote it.
    pub json: String,
    /// The metadata of the page that was last rendered from this plan.
    pub metadata: PageMetadata,
}

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
    fn put(&self, shop: &ShopId, shopper: &ShopperId, page: NewPage) -> Result<(), CacheError>;
}

/// A page to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPage {
    /// The document.
    pub html: String,
    /// The page's plan, as [`crate::plan::to_stored`] wrote it.
    pub plan: String,
    /// The page's metadata.
    pub metadata: PageMetadata,
}

/// Why the catalog does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatalogError {
    /// The catalog knows no such shop.
    NoSuchShop,
    /// The shop did not answer. Try again after this many milliseconds.
    Unavailable(u64),
    /// Another caller is already sending the same request to the shop. Try again after this many milliseconds.
    Busy(u64),
}

/// The catalog.
pub trait Catalog {
    /// Returns the current products that the storefront may show.
    fn products(&self, shop: &ShopId, market: &Market) -> Result<Assortment, CatalogError>;
    /// Returns the products that match a shopper's search term, best match first.
    fn search(&self, shop: &ShopId, market: &Market, term: &str) -> Result<Vec<Product>, CatalogError>;
}

/// A large language model.
pub trait Llm {
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
    fn merchant(&self, shop: &ShopId) -> Option<Merchant>;
    /// Returns how long a page counts as fresh, in seconds.
    fn fresh_seconds(&self) -> u32;
    /// Returns the current time in milliseconds since the Unix epoch.
    fn now_ms(&self) -> u64;
    /// Logs an event: a constant message, and its details as pairs of name and value.
    fn event(&self, level: Level, message: &str, particulars: &[(&str, &str)]);
}
