//! The shops in which something happened that Shopify Flow may have to hear about (`flow.rs`), and when to look at each.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::ShopId;

/// The shops to look at.
#[derive(Default)]
pub(crate) struct Noted(Mutex<BTreeMap<ShopId, Due>>);

/// When to look at a shop.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Due {
    /// In milliseconds since the epoch.
    pub at_ms: u64,
    /// The last pause after a failure; 0 if there was none.
    pub pause_ms: u64,
}

impl Noted {
    /// Notes that something may have happened in a shop, which is looked at next, unless it is in a pause after a failure.
    /// Takes no longer than a lock.
    pub fn note(&self, shop: &ShopId) {
        let mut shops = self.shops();
        let due = shops.entry(shop.clone()).or_default();
        if due.pause_ms == 0 {
            due.at_ms = 0;
        }
    }

    /// Returns the shops that are due.
    pub fn due(&self, now_ms: u64) -> Vec<(ShopId, Due)> {
        self.shops().extract_if(.., |_, due| due.at_ms <= now_ms).collect()
    }

    /// Notes when to look at a shop again.
    pub fn again(&self, shop: ShopId, due: Due) {
        self.shops().insert(shop, due);
    }

    fn shops(&self) -> MutexGuard<'_, BTreeMap<ShopId, Due>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_is_looked_at_when_it_is_due_and_once() {
        let (noted, shop) = (Noted::default(), ShopId::parse("lamps.myshopify.com").unwrap());
        noted.note(&shop);
        noted.note(&shop);
        assert_eq!(noted.due(0).len(), 1);
        noted.again(shop.clone(), Due { at_ms: 5, pause_ms: 0 });
        assert_eq!((noted.due(4).len(), noted.due(5).len(), noted.due(5).len()), (0, 1, 0));
        noted.again(shop.clone(), Due { at_ms: 5, pause_ms: 0 });
        noted.note(&shop);
        assert_eq!(noted.due(0).len(), 1, "something else happened");
        noted.again(shop.clone(), Due { at_ms: 5, pause_ms: 5 });
        noted.note(&shop);
        assert_eq!(noted.due(4).len(), 0, "but Shopify is left in peace");
    }
}
