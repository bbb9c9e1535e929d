//! Generated pages and their metadata.

use model::{Persona, ShopId, ShopperId, Source};

use super::Failure;

/// The cache of generated pages.
pub trait Cache {
    /// A handle to bytes that stay with the host.
    type Value: Content;
    /// Looks up the page for a shopper.
    fn lookup(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Cached<Self::Value>, Failure>;
    /// Bumps the catalog version, which makes every page rendered before stale. Returns the new version.
    fn bump_catalog_version(&self, shop: &ShopId) -> Result<u64, Failure>;
    /// Records that a product changed: bumps the catalog version at once, or within a second of the last bump.
    fn products_changed(&self, shop: &ShopId) -> Result<(), Failure>;
    /// Returns whether a plan of the shopper is stored.
    fn has_plan(&self, shop: &ShopId, shopper: &ShopperId) -> Result<bool, Failure>;
    /// Closes a shop: from now on the cache returns and stores nothing for it.
    fn close(&self, shop: &ShopId) -> Result<(), Failure>;
    /// Reopens a closed shop.
    fn reopen(&self, shop: &ShopId) -> Result<(), Failure>;
    /// Returns the ids under which a shopper has pages or plans in any market, and always the shopper's own id.
    fn pages(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Vec<ShopperId>, Failure>;
    /// Deletes some pages and plans of a shop: of all shoppers, or of one shopper in every market.
    fn delete_pages(&self, shop: &ShopId, shopper: Option<&ShopperId>) -> Result<Deleted, Failure>;
}

/// A handle to bytes that stay with the host, which cuts and joins them.
pub trait Content: Sized {
    /// Returns `size` bytes from `offset` on.
    #[must_use]
    fn part(&self, offset: u64, size: u64) -> Self;
    /// Returns `head`, these bytes and `tail`, joined.
    #[must_use]
    fn framed(&self, head: &[u8], tail: &[u8]) -> Self;
}

/// The result of one bounded deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deleted {
    /// How many items were deleted.
    pub count: u32,
    /// Whether more may be left.
    pub more: bool,
}

/// The result of a lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cached<V> {
    /// A fresh page to serve.
    Fresh(Page<V>),
    /// A stale page to serve while a newer one is made.
    Stale(Page<V>, Staleness),
    /// The cache has no page.
    Miss,
    /// The shop is closed: there is no page, and none is to be made.
    Closed,
}

/// A generated page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<V> {
    /// The whole HTML document.
    pub content: V,
    /// The metadata of the page.
    pub metadata: PageMetadata,
}

/// The metadata of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageMetadata {
    /// The persona that the page was made for.
    pub persona: Persona,
    /// The planner: the language model or the local planner.
    pub source: Source,
    /// The time at which its plan was made.
    pub planned_ms: u64,
    /// The part of the page that is shown inside a theme, if the page has one.
    pub fragment: Option<Fragment>,
}

/// A byte range of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fragment {
    /// The first byte.
    pub offset: u32,
    /// The length; never 0.
    pub size: u32,
}

/// The reason why a page is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staleness {
    /// Products changed since the page was rendered.
    CatalogChanged,
    /// The plan of the page is too old.
    Expired,
}
