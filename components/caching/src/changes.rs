//! Reads and changes a shop's record in short-term storage.

use model::{Key, ShopId};

use crate::cache::{Cache, Error};
use crate::capabilities::{Blob, Failure, Kv, Operator, Swap, Value};
use crate::shop::{ENTRY_BYTES_MAX, Shop};

/// How many times a compare-and-swap is tried. In each lost race another writer won, so that many must
/// meet for a change to fail.
pub(crate) const SWAPS_MAX: u32 = 8;

impl<K, B, O> Cache<K, B, O>
where
    K: Kv,
    B: Blob<Value = K::Value>,
    O: Operator,
{
    /// Returns the shop's catalog version at `now_ms`; 0 before the first bump.
    pub fn catalog_version(&self, shop: &ShopId, now_ms: u64) -> Result<u64, Error> {
        Ok(self.shop(shop)?.catalog_version(now_ms))
    }

    /// Makes every page rendered before stale. Returns the new version.
    pub fn bump_catalog_version(&self, id: &ShopId, now_ms: u64) -> Result<u64, Error> {
        Ok(self.change(id, |shop| Some(shop.bumped(now_ms)))?.catalog_version(now_ms))
    }

    /// Makes every page rendered before stale, at once or within `BUMP_INTERVAL_MS`.
    pub fn products_changed(&self, id: &ShopId, now_ms: u64) -> Result<(), Error> {
        // A due bump covers this change as well, even if others write meanwhile.
        let change = |shop: Shop| Some(shop.changed(now_ms)).filter(|changed| *changed != shop);
        self.change(id, change).map(drop)
    }

    /// Closes a shop: from now on the cache returns and stores nothing for it. With `left_ms`, because of a report that it
    /// left at that time, which may be repeated after the shop was reopened.
    pub fn close(&self, id: &ShopId, left_ms: Option<u64>) -> Result<(), Error> {
        self.change(id, |shop| Some(shop.closed(left_ms))).map(drop)
    }

    /// Reopens a closed shop. Pages that still exist are stale.
    pub fn reopen(&self, id: &ShopId, now_ms: u64) -> Result<(), Error> {
        self.change(id, |shop| Some(shop.reopened(now_ms))).map(drop)
    }

    /// Returns a shop's record.
    pub(crate) fn shop(&self, shop: &ShopId) -> Result<Shop, Failure> {
        Ok(self.read_shop(shop)?.0)
    }

    /// Applies `change` to the entry and writes the result, even if it is the same, because the entry may be newer than
    /// the one that was read. Writes nothing if `change` returns `None`.
    fn change(&self, id: &ShopId, change: impl Fn(Shop) -> Option<Shop>) -> Result<Shop, Error> {
        let key = Key::CatalogVersion(id);
        for _ in 0..SWAPS_MAX {
            let (shop, entry_version) = self.read_shop(id)?;
            let Some(next) = change(shop) else { return Ok(shop) };
            let value = K::Value::new(next.encode().as_bytes());
            if self.kv.compare_and_swap(key, entry_version, &value, None)? == Swap::Done {
                return Ok(next);
            }
        }
        Err(Error::Unavailable(format!("shop record: gave up after {SWAPS_MAX} write conflicts")))
    }

    /// Reads a shop's record and the version of its entry.
    fn read_shop(&self, shop: &ShopId) -> Result<(Shop, Option<u64>), Failure> {
        let entry = self.kv.get(Key::CatalogVersion(shop), ENTRY_BYTES_MAX)?;
        Ok(entry.map_or_else(Default::default, |entry| (Shop::decode(&entry.head), Some(entry.version))))
    }
}
