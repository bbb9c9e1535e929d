//! What is kept of a shop itself, in one small entry: how many times its catalog moved, and whether it is
//! closed. So a hit, which needs the former, learns the latter for nothing.

use names::{Key, StoreId};

use crate::cache::{Cache, Error};
use crate::capabilities::{Blob, Failure, Kv, Operator, Swap, Value};

/// More than any entry takes.
const ENTRY_BYTES_MAX: u32 = 32;
/// How often an entry is tried to be changed. Each lost race was won by somebody else, so that
/// many have to meet for it to fail.
pub(crate) const SWAPS_MAX: u32 = 8;

const CLOSED: &str = " closed";

/// What is kept of a shop.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shop {
    /// How many times its catalog moved.
    pub catalog_version: u64,
    /// Whether nothing is kept for it, until it is opened again.
    pub closed: bool,
}

impl Shop {
    /// The version in decimal; of a closed shop, in 20 digits, and ` closed`. A release that knows of no
    /// closed shops reads 20 bytes, and with them the version.
    fn encode(self) -> String {
        let Self { catalog_version, closed } = self;
        if closed { format!("{catalog_version:020}{CLOSED}") } else { catalog_version.to_string() }
    }

    /// Text that is no version counts as 0, and the next change replaces it.
    fn decode(bytes: &[u8]) -> Self {
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        let version = text.strip_suffix(CLOSED);
        let catalog_version = version.unwrap_or(text).parse().unwrap_or(0);
        Self { catalog_version, closed: version.is_some() }
    }

    fn moved(self) -> Self {
        Self { catalog_version: self.catalog_version.wrapping_add(1), ..self }
    }

    fn closed(self) -> Self {
        Self { closed: true, ..self }
    }

    /// While it was closed, nobody told what became of its products.
    fn reopened(self) -> Self {
        if self.closed { Self { closed: false, ..self.moved() } } else { self }
    }
}

impl<K, B, O> Cache<K, B, O>
where
    K: Kv,
    B: Blob<Value = K::Value>,
    O: Operator,
{
    /// How many times the store's catalog moved; 0 if nobody ever said that it did.
    pub fn catalog_version(&self, store: &StoreId) -> Result<u64, Error> {
        Ok(self.shop(store)?.catalog_version)
    }

    /// Makes every page that was rendered before stale. The new version.
    pub fn catalog_moved(&self, store: &StoreId) -> Result<u64, Error> {
        Ok(self.change(store, Shop::moved)?.catalog_version)
    }

    /// Closes a shop: from now on nothing is found for it, and nothing kept.
    pub fn close(&self, store: &StoreId) -> Result<(), Error> {
        self.change(store, Shop::closed).map(drop)
    }

    /// Opens a shop that was closed. Pages that are still there are stale.
    pub fn reopen(&self, store: &StoreId) -> Result<(), Error> {
        self.change(store, Shop::reopened).map(drop)
    }

    /// What is kept of a shop.
    pub(crate) fn shop(&self, store: &StoreId) -> Result<Shop, Failure> {
        Ok(self.read_shop(store)?.0)
    }

    /// Writes also where nothing changes: what was read may be older than what is there.
    fn change(&self, store: &StoreId, change: impl Fn(Shop) -> Shop) -> Result<Shop, Error> {
        let key = Key::CatalogVersion(store);
        for _ in 0..SWAPS_MAX {
            let (shop, entry_version) = self.read_shop(store)?;
            let next = change(shop);
            let value = K::Value::new(next.encode().as_bytes());
            if self.kv.compare_and_swap(key, entry_version, &value, None)? == Swap::Done {
                return Ok(next);
            }
        }
        Err(Error::Unavailable(format!("what is kept of the shop was changed by others {SWAPS_MAX} times")))
    }

    /// What is kept of a shop, and its entry's version.
    fn read_shop(&self, store: &StoreId) -> Result<(Shop, Option<u64>), Failure> {
        let entry = self.kv.get(Key::CatalogVersion(store), ENTRY_BYTES_MAX)?;
        Ok(entry.map_or_else(Default::default, |entry| (Shop::decode(&entry.head), Some(entry.version))))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_kept_of_a_shop_comes_back(catalog_version in any::<u64>(), closed in any::<bool>()) {
            let shop = Shop { catalog_version, closed };
            let entry = shop.encode();
            prop_assert!(entry.len() <= ENTRY_BYTES_MAX as usize);
            prop_assert_eq!(Shop::decode(entry.as_bytes()), shop);
        }

        #[test]
        fn a_release_that_knows_no_closed_shops_reads_the_version(
            catalog_version in any::<u64>(), closed in any::<bool>(),
        ) {
            let entry = Shop { catalog_version, closed }.encode();
            let head = &entry[..entry.len().min(20)];
            prop_assert_eq!(head.parse::<u64>(), Ok(catalog_version));
        }

        #[test]
        fn any_bytes_can_be_asked_for_a_shop(bytes in prop::collection::vec(any::<u8>(), 0..32)) {
            let shop = Shop::decode(&bytes);
            prop_assert!(!shop.closed || bytes.ends_with(CLOSED.as_bytes()));
        }
    }

    #[test]
    fn entries_from_before_there_were_closed_shops_are_open() {
        assert_eq!(Shop::decode(b"17"), Shop { catalog_version: 17, closed: false });
    }
}
