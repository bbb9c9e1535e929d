//! Generated pages and their metadata.

use model::pages::{Cached, Deleted};
use model::{ShopId, ShopperId};

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
    /// Returns the stored plan of the shopper's page, as JSON.
    fn plan(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Option<String>, Failure>;
    /// Closes a shop: from now on the cache returns and stores nothing for it. With the time at which it left, unless the
    /// shop was reopened after a report of that time or a later one.
    fn close(&self, shop: &ShopId, left_ms: Option<u64>) -> Result<(), Failure>;
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
