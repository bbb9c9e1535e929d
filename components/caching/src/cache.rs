//! The operations of the cache.

use names::{Key, Object as Name, ShopperId, StoreId};

use crate::capabilities::{Blob, Failure, Kv, Level, Operator, Swap, Value};
use crate::freshness::{Staleness, staleness};
use crate::metadata::{HEAD_BYTES_MAX, Head, PageMetadata};
use crate::plan::{self, PLAN_BYTES_MAX, StoredPlan, WrongPlan};
use crate::shop::Shop;

/// The cache over its storage.
#[derive(Debug)]
pub struct Cache<K, B, O> {
    /// Short-term storage.
    pub kv: K,
    /// Long-term storage.
    pub blob: B,
    /// Who decides how long pages stay, and hears what went wrong.
    pub operator: O,
}

/// A page that was found.
#[derive(Debug)]
pub struct Page<V> {
    /// The document, held by the host, without the head that it is stored with.
    pub content: V,
    /// What is known about it.
    pub metadata: PageMetadata,
}

/// What the cache holds for a shopper.
#[derive(Debug)]
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

/// A page to be stored.
#[derive(Debug)]
pub struct NewPage<V> {
    /// The document, held by the host.
    pub content: V,
    /// The plan it was rendered from, as JSON.
    pub plan: String,
    /// What is known about it.
    pub metadata: PageMetadata,
}

/// How storing ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// The page is kept.
    Written,
    /// A page of a newer plan is there and stands.
    Outdated,
    /// The page was dropped: its shop was closed, or its shopper forgotten while it was made.
    Dropped,
}

/// Why the cache did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The plan cannot be kept: another attempt with it ends the same way.
    #[error(transparent)]
    Plan(#[from] WrongPlan),
    /// Storage takes no page or plan that large: likewise.
    #[error("storage takes at most {0} bytes")]
    TooLarge(u64),
    /// Storage did not answer: try later.
    #[error("{0}")]
    Unavailable(String),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::TooLarge(bytes_max) => Self::TooLarge(bytes_max),
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
    /// The page for a shopper at `now_ms`, from short-term storage, else from long-term.
    ///
    /// A page in short-term storage costs two reads, the page and what is kept of its shop, and
    /// none of its bytes but the head. Short-term storage that does not answer is passed over.
    pub fn lookup(
        &self,
        store: &StoreId,
        shopper: &ShopperId,
        now_ms: u64,
    ) -> Result<Cached<K::Value>, Error> {
        let key = Key::Page(store, shopper);
        let warn = |failure: &Failure| self.warn("short-term storage did not give a page", key, failure);
        let kept = self.kv.get(key, HEAD_BYTES_MAX).inspect_err(warn);
        let shop = self.shop_or_warn(store);
        if shop.is_some_and(|shop| shop.closed) {
            return Ok(Cached::Closed);
        }
        if let Ok(Some(entry)) = kept {
            return Ok(judge(entry.value, &entry.head, shop, now_ms));
        }
        let Some(object) = self.blob.get(Name::Page(store, shopper), HEAD_BYTES_MAX)? else {
            return Ok(Cached::Miss);
        };
        // Where reading has just failed, the shopper would wait for a second failure.
        if kept.is_ok() {
            self.refill(store, shopper, &object.value);
        }
        Ok(judge(object.value, &object.head, shop, now_ms))
    }

    /// Writes only where there is still nothing: a newer page may have been stored since the older
    /// one was read. And what is no longer in long-term storage was forgotten since.
    fn refill(&self, store: &StoreId, shopper: &ShopperId, value: &K::Value) {
        let key = Key::Page(store, shopper);
        let ttl_seconds = Some(self.operator.kv_ttl_seconds());
        let refilled = match self.kv.compare_and_swap(key, None, value, ttl_seconds) {
            Ok(Swap::Done) => self.drop_if_forgotten(store, shopper),
            Ok(Swap::Lost) => Ok(()),
            Err(failure) => Err(failure),
        };
        if let Err(failure) = refilled {
            self.warn("short-term storage was not refilled", key, &failure);
        }
    }

    fn drop_if_forgotten(&self, store: &StoreId, shopper: &ShopperId) -> Result<(), Failure> {
        if self.blob.get(Name::Page(store, shopper), 0)?.is_none() {
            self.kv.delete(&Key::Page(store, shopper).to_string())?;
        }
        Ok(())
    }

    fn shop_or_warn(&self, store: &StoreId) -> Option<Shop> {
        let key = Key::CatalogVersion(store);
        let warn = |failure: &Failure| self.warn("catalog version is not known", key, failure);
        self.shop(store).inspect_err(warn).ok()
    }

    /// The plan behind the shopper's page; none while the shop is closed.
    pub fn plan(&self, store: &StoreId, shopper: &ShopperId) -> Result<Option<StoredPlan>, Error> {
        if self.shop(store)?.closed { Ok(None) } else { self.kept_plan(store, shopper) }
    }

    fn kept_plan(&self, store: &StoreId, shopper: &ShopperId) -> Result<Option<StoredPlan>, Error> {
        let name = Name::Plan(store, shopper);
        let Some(object) = self.blob.get(name, PLAN_BYTES_MAX)? else { return Ok(None) };
        let plan = plan::decode(&object.head);
        if plan.is_none() {
            let name = ("name", &*name.to_string());
            self.operator.event(Level::Warn, "an object holds no plan, and counts as absent", &[name]);
        }
        Ok(plan)
    }

    /// Keeps a page and its plan.
    ///
    /// The plan is written first, so that whoever does a cut-off job again finds it and need not
    /// plan again; then the page in long-term storage, which is the truth; then short-term.
    ///
    /// A page of an older plan than the one stored is not written: its worker lost its lease, and
    /// another did its work. That is a comparison and then a write, not both at once, for blob
    /// storage has no compare-and-swap; the lease makes the gap between them unlikely to matter,
    /// and the next job puts it right.
    ///
    /// The shop may be closed or the shopper forgotten meanwhile, and what is written after that would be
    /// forgotten by nobody: it is taken back.
    pub fn store(
        &self,
        store: &StoreId,
        shopper: &ShopperId,
        page: &NewPage<K::Value>,
    ) -> Result<Stored, Error> {
        let plan = plan::encode(&page.plan, &page.metadata)?;
        if self.keeps_nothing(store, shopper)? {
            return Ok(Stored::Dropped);
        }
        let kept = self.kept_plan(store, shopper)?;
        if kept.is_some_and(|kept| kept.metadata.planned_ms > page.metadata.planned_ms) {
            let job = ("job", page.metadata.job.as_str());
            self.operator.event(Level::Info, "a newer page stands, the late one was dropped", &[job]);
            return Ok(Stored::Outdated);
        }
        self.write(store, shopper, page, &plan)?;
        if self.keeps_nothing(store, shopper)? {
            self.purge(store, shopper)?;
            return Ok(Stored::Dropped);
        }
        Ok(Stored::Written)
    }

    fn keeps_nothing(&self, store: &StoreId, shopper: &ShopperId) -> Result<bool, Failure> {
        Ok(self.shop(store)?.closed || self.was_forgotten(store, shopper)?)
    }

    fn write(
        &self,
        store: &StoreId,
        shopper: &ShopperId,
        page: &NewPage<K::Value>,
        plan: &[u8],
    ) -> Result<(), Error> {
        let content = page.content.behind(&page.metadata.encode_head());
        self.blob.put(Name::Plan(store, shopper), &K::Value::new(plan))?;
        self.blob.put(Name::Page(store, shopper), &content)?;
        self.set_short_term(Key::Page(store, shopper), &content);
        Ok(())
    }

    /// Long-term storage has the page already, so that a failure here fails nothing. But an older
    /// copy may remain and hide the page until it expires: it is removed if it can be.
    fn set_short_term(&self, key: Key<'_>, content: &K::Value) {
        let Err(failure) = self.kv.set(key, content, self.operator.kv_ttl_seconds()) else { return };
        self.warn("short-term storage did not take a page", key, &failure);
        if let Err(failure) = self.kv.delete(&key.to_string()) {
            self.warn("short-term storage may hold an older page", key, &failure);
        }
    }

    fn warn(&self, message: &str, key: Key<'_>, failure: &Failure) {
        let particulars = [("key", &*key.to_string()), ("cause", &*failure.to_string())];
        self.operator.event(Level::Warn, message, &particulars);
    }
}

/// A page by its own metadata and what is kept of its shop, where that is to be had.
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
