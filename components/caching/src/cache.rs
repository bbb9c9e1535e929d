//! The operations of the cache.

use names::{Key, Object as Name, ShopperId, StoreId};

use crate::capabilities::{Blob, Failure, Kv, Level, Operator, Swap, Value};
use crate::facts::{Facts, HEAD_BYTES_MAX};
use crate::freshness::{Staleness, staleness};
use crate::plan::{self, PLAN_BYTES_MAX, StoredPlan, WrongPlan};

/// A catalog version in decimal is shorter.
const VERSION_BYTES_MAX: u32 = 20;
/// How often a version is tried to be raised. Each lost race was won by somebody else, so that
/// many have to meet for it to fail.
const SWAPS_MAX: u32 = 8;

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
    /// The document, held by the host.
    pub content: V,
    /// What is known about it.
    pub facts: Facts,
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
}

/// A page to be stored.
#[derive(Debug)]
pub struct NewPage<V> {
    /// The document, held by the host.
    pub content: V,
    /// The plan it was rendered from, as JSON.
    pub plan: String,
    /// What is known about it.
    pub facts: Facts,
}

/// How storing ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// The page is kept.
    Written,
    /// A page of a newer plan is there and stands.
    Outdated,
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
    /// A fresh page in short-term storage costs two reads, the page and the catalog version, and
    /// none of its bytes but the head. Short-term storage that does not answer is passed over.
    pub fn lookup(
        &self,
        store: &StoreId,
        shopper: &ShopperId,
        now_ms: u64,
    ) -> Result<Cached<K::Value>, Error> {
        let key = Key::Page(store, shopper);
        let kv_answers = match self.kv.get(key, HEAD_BYTES_MAX) {
            Ok(Some(entry)) => return Ok(self.judge(store, entry.value, &entry.head, now_ms)),
            Ok(None) => true,
            Err(failure) => {
                self.warn("short-term storage did not give a page", key, &failure);
                false
            }
        };
        let Some(object) = self.blob.get(Name::Page(store, shopper), HEAD_BYTES_MAX)? else {
            return Ok(Cached::Miss);
        };
        // Where reading has just failed, the shopper would wait for a second failure.
        if kv_answers {
            self.refill(key, &object.value);
        }
        Ok(self.judge(store, object.value, &object.head, now_ms))
    }

    /// Writes only where there is still nothing: a newer page may have been stored since the older
    /// one was read.
    fn refill(&self, key: Key<'_>, value: &K::Value) {
        let ttl_seconds = Some(self.operator.kv_ttl_seconds());
        if let Err(failure) = self.kv.compare_and_swap(key, None, value, ttl_seconds) {
            self.warn("short-term storage was not refilled", key, &failure);
        }
    }

    fn judge(&self, store: &StoreId, content: K::Value, head: &[u8], now_ms: u64) -> Cached<K::Value> {
        let facts = Facts::decode_head(head).unwrap_or_else(Facts::unknown);
        let staleness = staleness(&facts, now_ms, || self.catalog_version_or_warn(store));
        let page = Page { content, facts };
        match staleness {
            None => Cached::Fresh(page),
            Some(reason) => Cached::Stale(page, reason),
        }
    }

    fn catalog_version_or_warn(&self, store: &StoreId) -> Option<u64> {
        self.read_version(store)
            .inspect_err(|failure| {
                self.warn("catalog version is not known", Key::CatalogVersion(store), failure);
            })
            .ok()
            .map(|(version, _)| version)
    }

    /// The plan behind the shopper's page.
    pub fn plan(&self, store: &StoreId, shopper: &ShopperId) -> Result<Option<StoredPlan>, Error> {
        let name = Name::Plan(store, shopper);
        let Some(object) = self.blob.get(name, PLAN_BYTES_MAX)? else { return Ok(None) };
        let plan = plan::decode(&object.head);
        if plan.is_none() {
            self.operator.event(
                Level::Warn,
                "an object holds no plan, and counts as absent",
                &[("name", &name.to_string())],
            );
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
    pub fn store(
        &self,
        store: &StoreId,
        shopper: &ShopperId,
        page: &NewPage<K::Value>,
    ) -> Result<Stored, Error> {
        let plan = plan::encode(&page.plan, &page.facts)?;
        if self.plan(store, shopper)?.is_some_and(|kept| kept.facts.planned_ms > page.facts.planned_ms) {
            let job = ("job", page.facts.job.as_str());
            self.operator.event(Level::Info, "a newer page stands, the late one was dropped", &[job]);
            return Ok(Stored::Outdated);
        }
        let content = page.content.prefixed(&page.facts.encode_head());
        self.blob.put(Name::Plan(store, shopper), &K::Value::new(&plan))?;
        self.blob.put(Name::Page(store, shopper), &content)?;
        self.set_short_term(Key::Page(store, shopper), &content);
        Ok(Stored::Written)
    }

    /// Long-term storage has the page already, so that a failure here fails nothing. But an older
    /// copy may remain and hide the page until it expires: it is removed if it can be.
    fn set_short_term(&self, key: Key<'_>, content: &K::Value) {
        let Err(failure) = self.kv.set(key, content, self.operator.kv_ttl_seconds()) else { return };
        self.warn("short-term storage did not take a page", key, &failure);
        if let Err(failure) = self.kv.delete(key) {
            self.warn("short-term storage may hold an older page", key, &failure);
        }
    }

    /// How many times the store's catalog moved; 0 if nobody ever said that it did.
    pub fn catalog_version(&self, store: &StoreId) -> Result<u64, Error> {
        Ok(self.read_version(store)?.0)
    }

    /// Makes every page that was rendered before stale. The new version.
    pub fn catalog_moved(&self, store: &StoreId) -> Result<u64, Error> {
        let key = Key::CatalogVersion(store);
        for _ in 0..SWAPS_MAX {
            let (version, entry_version) = self.read_version(store)?;
            let next = version.wrapping_add(1);
            let value = K::Value::new(next.to_string().as_bytes());
            if self.kv.compare_and_swap(key, entry_version, &value, None)? == Swap::Done {
                return Ok(next);
            }
        }
        Err(Error::Unavailable(format!("the catalog version was raised by others {SWAPS_MAX} times")))
    }

    /// The catalog version and its entry's. Text that is no version counts as 0, and the next move
    /// replaces it.
    fn read_version(&self, store: &StoreId) -> Result<(u64, Option<u64>), Failure> {
        let Some(entry) = self.kv.get(Key::CatalogVersion(store), VERSION_BYTES_MAX)? else {
            return Ok((0, None));
        };
        let version = std::str::from_utf8(&entry.head).ok().and_then(|text| text.parse().ok());
        Ok((version.unwrap_or(0), Some(entry.version)))
    }

    /// Forgets a shopper's page and plan. All three are tried; the first failure is reported.
    ///
    /// Short-term storage comes last, so that nobody refills it from what is about to go.
    pub fn purge(&self, store: &StoreId, shopper: &ShopperId) -> Result<(), Error> {
        let plan = self.blob.delete(Name::Plan(store, shopper));
        let page = self.blob.delete(Name::Page(store, shopper));
        let copy = self.kv.delete(Key::Page(store, shopper));
        Ok(plan.and(page).and(copy)?)
    }

    fn warn(&self, message: &str, key: Key<'_>, failure: &Failure) {
        let particulars = [("key", &*key.to_string()), ("cause", &*failure.to_string())];
        self.operator.event(Level::Warn, message, &particulars);
    }
}

#[cfg(test)]
mod tests;
