//! Pages that were made for shoppers, and what is known about them.

use names::{Persona, ShopperId, Source, StoreId};

use super::Failure;

/// Pages that were made for shoppers.
pub trait Cache {
    /// Bytes that stay with the host.
    type Value: Content;
    /// The page for a shopper.
    fn lookup(&self, store: &StoreId, shopper: &ShopperId) -> Result<Cached<Self::Value>, Failure>;
    /// Bumps the catalog version: every page rendered before is stale from now on. Returns the new version.
    fn bump_catalog_version(&self, store: &StoreId) -> Result<u64, Failure>;
    /// Notes that a product changed: the catalog version is bumped at once, or within a second of the last bump.
    fn products_changed(&self, store: &StoreId) -> Result<(), Failure>;
    /// Whether a plan of the shopper's is kept.
    fn has_plan(&self, store: &StoreId, shopper: &ShopperId) -> Result<bool, Failure>;
    /// Closes a shop: from now on the cache holds nothing for it, and keeps nothing.
    fn close(&self, store: &StoreId) -> Result<(), Failure>;
    /// Opens a shop that was closed.
    fn reopen(&self, store: &StoreId) -> Result<(), Failure>;
    /// The ids under which a shopper has pages or plans, in every market, and their own.
    fn pages(&self, store: &StoreId, shopper: &ShopperId) -> Result<Vec<ShopperId>, Failure>;
    /// Forgets some pages and plans of a shop: of all shoppers, or of one, in every market.
    fn forget_pages(&self, store: &StoreId, shopper: Option<&ShopperId>) -> Result<Forgotten, Failure>;
}

/// Bytes that stay with the host, cut and joined by it.
pub trait Content: Sized {
    /// So many bytes from `offset` on.
    #[must_use]
    fn part(&self, offset: u64, size: u64) -> Self;
    /// `head`, these bytes and `tail`.
    #[must_use]
    fn framed(&self, head: &[u8], tail: &[u8]) -> Self;
}

/// What of a shop was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten {
    /// How much.
    pub count: u32,
    /// Whether there may be more.
    pub more: bool,
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
    /// Nothing, and nothing is to be made: the shop was closed.
    Closed,
}

/// A page made for a shopper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<V> {
    /// The whole HTML document.
    pub content: V,
    /// What is known about it.
    pub metadata: PageMetadata,
}

/// What is known about a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageMetadata {
    /// For whom it was made.
    pub persona: Persona,
    /// Who planned it.
    pub source: Source,
    /// When its plan was made.
    pub planned_ms: u64,
    /// Where in it the part is that fits into a theme's page, if it has one.
    pub fragment: Option<Fragment>,
}

/// A part of a page, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fragment {
    /// Where it begins.
    pub offset: u32,
    /// How long it is; never 0.
    pub size: u32,
}

/// Why a page is no longer fresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staleness {
    /// Products changed since it was rendered.
    CatalogChanged,
    /// Its plan is too old.
    Expired,
}
