//! What routing needs of its deployment. A handler's signature names the traits that it uses, so
//! that it says what the handler can reach. Times are milliseconds since the epoch.

use names::{Key, ShopperId, StoreId};
use page::Product;
use serde::Serialize;

use crate::signals::Signals;

/// Everything that routing needs.
pub trait Deployment: Cache + Queue + Catalog + Sessions + Settings + Signatures + Log {}

impl<T: Cache + Queue + Catalog + Sessions + Settings + Signatures + Log> Deployment for T {}

/// What was asked did not do it. The text is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub String);

/// Pages that were made for shoppers.
pub trait Cache {
    /// Bytes that stay with the host.
    type Value;
    /// The page for a shopper.
    fn lookup(&self, store: &StoreId, shopper: &ShopperId) -> Result<Cached<Self::Value>, Failure>;
    /// Notes that the store's products changed: every page rendered before is stale from now on.
    /// The catalog's new version.
    fn catalog_moved(&self, store: &StoreId) -> Result<u64, Failure>;
}

/// What the cache holds for a shopper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cached<V> {
    /// A page to serve.
    Fresh(Page<V>),
    /// A page to serve while a newer one is made.
    Stale(Page<V>, Staleness),
    /// Nothing.
    Miss,
}

/// A page made for a shopper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<V> {
    /// The whole HTML document.
    pub content: V,
    /// What is known about it.
    pub facts: Facts,
}

/// What is known about a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// For whom it was made.
    pub persona: Persona,
    /// Who planned it.
    pub source: Source,
    /// When its plan was made.
    pub planned_ms: u64,
}

/// How a shopper shops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persona {
    /// Wants one good answer and no noise.
    Minimalist,
    /// Looks around and likes to be surprised.
    Explorer,
    /// Compares prices and waits for the deal.
    Dealhunter,
    /// Comes back and buys again.
    Loyalist,
}

impl Persona {
    /// Its name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Minimalist => "minimalist",
            Self::Explorer => "explorer",
            Self::Dealhunter => "dealhunter",
            Self::Loyalist => "loyalist",
        }
    }
}

/// Who planned a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The language model.
    Llm,
    /// The local planner.
    Local,
}

impl Source {
    /// Its name, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Llm => "llm",
            Self::Local => "local",
        }
    }
}

/// Why a page is no longer fresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staleness {
    /// Products changed since it was rendered.
    CatalogMoved,
    /// Its plan is too old.
    Expired,
}

/// The pool of generation workers.
pub trait Queue {
    /// Takes an order, durably before it returns.
    fn offer(&self, order: Order<'_>) -> Result<Offered, Failure>;
    /// Where a shopper's newest job stands.
    fn status(&self, store: &StoreId, shopper: &ShopperId) -> Result<JobState, Failure>;
    /// How full the pool is.
    fn pool(&self) -> Result<Vec<Member>, Failure>;
    /// What went wrong lately, newest first, at most `limit`.
    fn errors(&self, limit: u32) -> Result<Vec<JobError>, Failure>;
}

/// A wish for a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order<'a> {
    /// Whose shop.
    pub store: &'a StoreId,
    /// For whom.
    pub shopper: &'a ShopperId,
    /// What is to be done.
    pub work: Work,
    /// What the shopper did so far.
    pub signals: Signals,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A plan and its page.
    Generate,
    /// The page again, from the plan that is stored.
    Rerender,
}

/// How an order was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offered {
    /// Durably queued, under this job id.
    Accepted(String),
    /// The shopper's live job, which stands.
    Live(String),
    /// Every member of the pool is full.
    Full,
}

/// Where a shopper's newest job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// There is none.
    None,
    /// It waits.
    Queued,
    /// It is under way.
    Running,
    /// Its page is stored.
    Done,
    /// It was given up.
    Dead,
}

/// A member of the pool, and its JSON form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// `pool-0` and so on.
    pub name: String,
    /// Jobs that wait.
    pub queued: u32,
    /// Jobs under way.
    pub running: u32,
    /// Dead letters.
    pub dead: u32,
    /// How many live jobs it takes.
    pub depth_max: u32,
    /// When its oldest live job was offered.
    pub oldest_ms: Option<u64>,
}

/// Something that went wrong in a job, and its JSON form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobError {
    /// When.
    pub at_ms: u64,
    /// Which job.
    pub job: String,
    /// Whose shop.
    pub store: String,
    /// What went wrong.
    pub reason: String,
    /// What became of the job: `done`, `retry` or `dead`.
    pub settled: String,
}

/// What a shop sells.
pub trait Catalog {
    /// The products that the storefront may show.
    fn products(&self, store: &StoreId) -> Result<Assortment, Failure>;
}

/// What a shop has to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assortment {
    /// ISO 4217 code of all its prices.
    pub currency: String,
    /// Its products, those that sell best first.
    pub products: Vec<Product>,
}

/// Short-term storage of what shoppers did.
pub trait Sessions {
    /// What `key` holds, if it is at most `bytes_max` long; else its first `bytes_max` bytes.
    fn read(&self, key: Key<'_>, bytes_max: u32) -> Result<Option<Found>, Failure>;
    /// Writes `key` if its version is still `expected`; `None`: if it holds nothing.
    fn compare_and_swap(
        &self,
        key: Key<'_>,
        expected: Option<u64>,
        bytes: &[u8],
        ttl_seconds: u32,
    ) -> Result<Swap, Failure>;
}

/// What a key holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Changes with every write of the key.
    pub version: u64,
}

/// How a compare-and-swap ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swap {
    /// Written.
    Done,
    /// Somebody else wrote first.
    Lost,
}

/// What the operator decided.
pub trait Settings {
    /// Whether this is somebody's own machine, with no shoppers.
    fn development(&self) -> bool;
    /// Whether this deployment serves the shop.
    fn has_store(&self, store: &StoreId) -> bool;
    /// The shop; `None` if this deployment serves no such shop.
    fn merchant(&self, store: &StoreId) -> Option<Merchant>;
    /// The first of the shops that this deployment serves.
    fn first_store(&self) -> Option<StoreId>;
}

/// What the merchant decided, as far as the fallback page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merchant {
    /// The name that shoppers know.
    pub name: String,
    /// Where the theme's own pages live, with no slash at the end; empty for a shop that has none.
    pub url: String,
    /// BCP 47 language tag of its texts.
    pub language: String,
    /// What it promises, a few words each.
    pub promises: Vec<String>,
}

/// Checks against secrets that stay with the host.
pub trait Signatures {
    /// Whether `candidate` is the secret; false too where there is no secret of that name.
    fn matches(&self, secret: &str, candidate: &str) -> bool;
}

/// The operator, who hears what went wrong and was dealt with.
pub trait Log {
    /// Tells of it, in words that do not vary, with particulars as name and value.
    fn warn(&self, message: &str, particulars: &[(&str, &str)]);
}
