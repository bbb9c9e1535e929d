//! The operations of the cache.

use model::pages::{Cached, NewPage, Page, PageMetadata, StoredPlan};
use model::{Key, Object as Name, ShopId, ShopperId};

use crate::capabilities::{Blob, Failure, Kv, Level, Operator, Swap, Value};
use crate::freshness::staleness;
use crate::metadata::{HEAD_BYTES_MAX, Head, encode_head};
use crate::plan::{self, InvalidPlan, PLAN_BYTES_MAX};
use crate::shop::Shop;

/// The cache, on top of its storage.
#[derive(Debug)]
pub struct Cache<K, B, O> {
    /// Short-term storage.
    pub kv: K,
    /// Long-term storage.
    pub blob: B,
    /// The operator's settings and log.
    pub operator: O,
}

/// The result of storing a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// The page is stored.
    Written,
    /// The page was dropped, because a page of a newer plan is stored.
    Outdated,
    /// The page was dropped, because its shop was closed, or its shopper's data deleted, while it was made.
    Dropped,
}

/// A failure of the cache.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The plan cannot be stored. Another attempt with it fails the same way.
    #[error(transparent)]
    Plan(#[from] InvalidPlan),
    /// The page or the plan is too large for storage. Another attempt fails the same way.
    #[error("storage takes at most {0} bytes")]
    TooLarge(u64),
    /// Storage refuses the call as invalid. Another attempt fails the same way.
    #[error("{0}")]
    Invalid(String),
    /// Storage did not answer. Try later.
    #[error("{0}")]
    Unavailable(String),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::TooLarge(bytes_max) => Self::TooLarge(bytes_max),
            Failure::Invalid(text) => Self::Invalid(text),
            Failure::Unavailable(text) => Self::Unavailable(text),
        }
    }
}

impl<K, B, O> Cache<K, B, O>
where
    K: Kv,
    B: Blob<Value = K::Value>,
    O: Operator,
{
    /// Looks up the page for a shopper at `now_ms`, in short-term storage and then in long-term storage.
    ///
    /// A page in short-term storage costs two reads, the page and the shop's record, and transfers none of
    /// the page's bytes except the head. If short-term storage does not answer, long-term storage is read.
    pub fn lookup(&self, id: &ShopId, shopper: &ShopperId, now_ms: u64) -> Result<Cached<K::Value>, Error> {
        let key = Key::Page(id, shopper);
        let warn = |failure: &Failure| self.warn("cannot read a page from short-term storage", key, failure);
        let kept = self.kv.get(key, HEAD_BYTES_MAX).inspect_err(warn);
        let shop = self.shop_or_warn(id);
        if shop.is_some_and(|shop| shop.closed) {
            return Ok(Cached::Closed);
        }
        if let Ok(Some(entry)) = kept {
            return Ok(judge(entry.value, &entry.head, shop, now_ms));
        }
        let Some(object) = self.blob.get(Name::Page(id, shopper), HEAD_BYTES_MAX)? else {
            return Ok(Cached::Miss);
        };
        // If reading has just failed, the shopper would only wait for a second failure.
        if kept.is_ok() {
            self.refill(id, shopper, &object.value);
        }
        Ok(judge(object.value, &object.head, shop, now_ms))
    }

    /// Copies a page to short-term storage. Writes only if the key is still empty, because a newer page may have been
    /// stored since this one was read. Removes the copy if the page was deleted from long-term storage meanwhile.
    fn refill(&self, shop: &ShopId, shopper: &ShopperId, value: &K::Value) {
        let key = Key::Page(shop, shopper);
        let ttl_seconds = Some(self.operator.kv_ttl_seconds());
        let refilled = match self.kv.compare_and_swap(key, None, value, ttl_seconds) {
            Ok(Swap::Done) => self.drop_if_deleted(shop, shopper),
            Ok(Swap::Lost) => Ok(()),
            Err(failure) => Err(failure),
        };
        if let Err(failure) = refilled {
            self.warn("cannot copy a page to short-term storage", key, &failure);
        }
    }

    fn drop_if_deleted(&self, shop: &ShopId, shopper: &ShopperId) -> Result<(), Failure> {
        if self.blob.get(Name::Page(shop, shopper), 0)?.is_none() {
            self.kv.delete(&Key::Page(shop, shopper).to_string())?;
        }
        Ok(())
    }

    fn shop_or_warn(&self, shop: &ShopId) -> Option<Shop> {
        let key = Key::CatalogVersion(shop);
        let warn = |failure: &Failure| self.warn("cannot read the catalog version", key, failure);
        self.shop(shop).inspect_err(warn).ok()
    }

    /// Returns the plan of the shopper's page; `None` while the shop is closed.
    pub fn plan(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Option<StoredPlan>, Error> {
        if self.shop(shop)?.closed { Ok(None) } else { self.kept_plan(shop, shopper) }
    }

    fn kept_plan(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Option<StoredPlan>, Error> {
        let name = Name::Plan(shop, shopper);
        let Some(object) = self.blob.get(name, PLAN_BYTES_MAX)? else { return Ok(None) };
        let plan = plan::decode(&object.head);
        if plan.is_none() {
            let name = ("name", &*name.to_string());
            self.operator.event(Level::Warn, "ignored an object that is not a valid plan", &[name]);
        }
        Ok(plan)
    }

    /// Stores a page and its plan.
    ///
    /// The plan is written first, so that a repeated job finds it and need not plan again. Then the page is
    /// written to long-term storage, which is the source of truth, and then to short-term storage.
    ///
    /// A page of an older plan than the stored one is not written: its worker lost its lease, and
    /// another worker did the job. The check and the write are not atomic, because blob storage has no
    /// compare-and-swap. The lease makes a race unlikely, and the next job corrects the result.
    ///
    /// The shop may be closed, or the shopper's data deleted, while the page is written. No later deletion would
    /// find the page, so it is removed again.
    pub fn store(
        &self,
        shop: &ShopId,
        shopper: &ShopperId,
        page: &NewPage<K::Value>,
    ) -> Result<Stored, Error> {
        let plan = plan::encode(&page.plan, &page.metadata)?;
        if self.keeps_nothing(shop, shopper)? {
            return Ok(Stored::Dropped);
        }
        let kept = self.kept_plan(shop, shopper)?;
        if kept.is_some_and(|kept| kept.metadata.planned_ms > page.metadata.planned_ms) {
            let job = ("job", page.metadata.job.as_str());
            self.operator.event(Level::Info, "dropped a late page: a newer one is stored", &[job]);
            return Ok(Stored::Outdated);
        }
        self.write(shop, shopper, page, &plan)?;
        if self.keeps_nothing(shop, shopper)? {
            self.purge(shop, shopper)?;
            return Ok(Stored::Dropped);
        }
        Ok(Stored::Written)
    }

    fn keeps_nothing(&self, shop: &ShopId, shopper: &ShopperId) -> Result<bool, Failure> {
        Ok(self.shop(shop)?.closed || self.was_deleted(shop, shopper)?)
    }

    fn write(
        &self,
        shop: &ShopId,
        shopper: &ShopperId,
        page: &NewPage<K::Value>,
        plan: &[u8],
    ) -> Result<(), Error> {
        let content = page.content.behind(&encode_head(&page.metadata));
        self.blob.put(Name::Plan(shop, shopper), &K::Value::new(plan))?;
        self.blob.put(Name::Page(shop, shopper), &content)?;
        self.set_short_term(Key::Page(shop, shopper), &content);
        Ok(())
    }

    /// Writes the page to short-term storage. A failure is not returned, because long-term storage already has the
    /// page. But an older copy could hide the page until it expires, so it is removed if possible.
    fn set_short_term(&self, key: Key<'_>, content: &K::Value) {
        let Err(failure) = self.kv.set(key, content, self.operator.kv_ttl_seconds()) else { return };
        self.warn("cannot write a page to short-term storage", key, &failure);
        if let Err(failure) = self.kv.delete(&key.to_string()) {
            self.warn("cannot delete an older page from short-term storage", key, &failure);
        }
    }

    fn warn(&self, message: &str, key: Key<'_>, failure: &Failure) {
        let particulars = [("key", &*key.to_string()), ("cause", &*failure.to_string())];
        self.operator.event(Level::Warn, message, &particulars);
    }
}

/// Judges a page by its metadata and its shop's record, if that could be read.
fn judge<V: Value>(stored: V, peeked: &[u8], shop: Option<Shop>, now_ms: u64) -> Cached<V> {
    let Head { metadata, bytes } = Head::decode(peeked);
    let metadata = metadata.unwrap_or_else(PageMetadata::unknown);
    let staleness = staleness(&metadata, now_ms, shop.map(|shop| shop.catalog_version(now_ms)));
    let content = if bytes > 0 { stored.without_first(bytes) } else { stored };
    let page = Page { content, metadata };
    match staleness {
        None => Cached::Fresh(page),
        Some(reason) => Cached::Stale(page, reason),
    }
}

#[cfg(test)]
mod tests;
