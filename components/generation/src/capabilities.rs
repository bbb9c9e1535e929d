//! What generation needs of the world.

use std::fmt;

use names::{Cause, Market, Persona, ShopperId, Source, StoreId};
use page::Product;

use crate::assortment::Assortment;
use crate::prompt::Request;
use crate::storefront::Merchant;

/// All of it.
pub trait Host: Cache + Catalog + Llm + Operator {}

impl<T: Cache + Catalog + Llm + Operator> Host for T {}

/// What is known about a stored page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageMetadata {
    /// For whom it was made.
    pub persona: Persona,
    /// How sure that is, in percent.
    pub confidence: u32,
    /// Who planned it.
    pub source: Source,
    /// The job that made it.
    pub job: String,
    /// When its plan was made, in milliseconds since the epoch.
    pub planned_ms: u64,
    /// Until when it is fresh, likewise.
    pub fresh_until_ms: u64,
    /// The catalog version that its prices are from.
    pub catalog_version: u64,
    /// Where in the document the part that fits into a theme's page begins, in bytes.
    pub fragment_offset: u32,
    /// How long that part is, in bytes.
    pub fragment_size: u32,
}

/// A plan that the cache holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPlan {
    /// The plan, as [`crate::plan::to_stored`] wrote it.
    pub json: String,
    /// What is known about the page that was last rendered from it.
    pub metadata: PageMetadata,
}

/// Why the cache did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CacheError {
    /// It never will. The text is for the log.
    #[error("{0}")]
    Invalid(String),
    /// Not now: try later. The text is for the log.
    #[error("{0}")]
    Unavailable(String),
}

/// Keeps pages and plans. Writing the same page twice does no harm.
pub trait Cache {
    /// The store's catalog version.
    fn catalog_version(&self, store: &StoreId) -> Result<u64, CacheError>;
    /// The plan behind the shopper's page.
    fn plan(&self, store: &StoreId, shopper: &ShopperId) -> Result<Option<StoredPlan>, CacheError>;
    /// What is known about the shopper's page, fresh or stale.
    fn page_metadata(&self, store: &StoreId, shopper: &ShopperId)
    -> Result<Option<PageMetadata>, CacheError>;
    /// Keeps a page and the plan it was rendered from: the plan first.
    fn put(&self, store: &StoreId, shopper: &ShopperId, page: NewPage) -> Result<(), CacheError>;
}

/// A page to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPage {
    /// The document.
    pub html: String,
    /// Its plan, as [`crate::plan::to_stored`] wrote it.
    pub plan: String,
    /// What is known about it.
    pub metadata: PageMetadata,
}

/// Why there is no assortment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatalogError {
    /// The catalog knows no such shop.
    NoSuchStore,
    /// It did not answer: try again after so many milliseconds.
    Unavailable(u64),
    /// The shop is being asked the same for somebody else: try again after so many milliseconds.
    Busy(u64),
}

/// Knows products.
pub trait Catalog {
    /// The products that the storefront may show, as they are today.
    fn products(&self, store: &StoreId, market: &Market) -> Result<Assortment, CatalogError>;
    /// Products that a shopper's words find, the best first.
    fn search(&self, store: &StoreId, market: &Market, term: &str) -> Result<Vec<Product>, CatalogError>;
}

/// An answer of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The text, exactly as the model gave it.
    pub text: String,
    /// The model, as it names itself.
    pub model: String,
    /// Tokens of the question.
    pub tokens_in: u32,
    /// Tokens of the answer.
    pub tokens_out: u32,
    /// How the answer ended.
    pub ending: Ending,
}

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By itself.
    Complete,
    /// It was cut off at the limit of tokens.
    Length,
    /// A content filter cut it off.
    Filter,
}

impl Ending {
    /// Its name, in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Length => "length",
            Self::Filter => "filter",
        }
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// The deployment has no model: plan locally.
    NotConfigured,
    /// There is a model, but no answer.
    Failed(Failed),
}

/// Why a model gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The cause.
    pub cause: Cause,
    /// The endpoint's first words, for the operator.
    pub said: String,
    /// After so many milliseconds it is worth asking again; `None` means that somebody has to act first.
    pub retry_after_ms: Option<u64>,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let colon = if self.said.is_empty() { "" } else { ": " };
        write!(f, "{}{colon}{}", self.cause.meaning(), self.said)
    }
}

/// A large language model.
pub trait Llm {
    /// Asks, and waits for the whole answer. Costs money: called once for a job, and once more if
    /// the first answer has to be repaired.
    fn complete(&self, request: &Request) -> Result<Completion, NoAnswer>;
}

/// How much an event matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Something went wrong and was dealt with.
    Warn,
}

/// The one who runs the deployment: what they decided, what time it is there, and what they are told.
pub trait Operator {
    /// What the merchant of a store decided; `None` if the store is not served here.
    fn merchant(&self, store: &StoreId) -> Option<Merchant>;
    /// How long a page counts as fresh.
    fn fresh_seconds(&self) -> u32;
    /// Milliseconds since the Unix epoch.
    fn now_ms(&self) -> u64;
    /// Tells of an event, in words that do not vary, with particulars as name and value.
    fn event(&self, level: Level, message: &str, particulars: &[(&str, &str)]);
}
