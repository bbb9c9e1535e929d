//! The cached page, which is the same for every shopper, and the pages that can be deleted.

use model::pages::{Cached, Deleted, Fragment, JobId, Page, PageMetadata};
use std::borrow::Cow;

use model::{Persona, ShopId, ShopperId, Source};

use super::{Fake, NOW_MS, delete};
use crate::{Cache, Content, Failure};

/// A page that the host holds, which routing cannot read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held(pub(crate) Cow<'static, str>);

/// Every shopper's plan.
const PLAN: &str =
    r#"{"plan":{},"page":{"release":"1","made_ms":5,"reasons":["sorts by lowest price"],"record":{}}}"#;

pub(crate) const PAGE: Page<Held> = Page {
    content: Held(Cow::Borrowed("a page for abc123")),
    metadata: PageMetadata {
        persona: Persona::Dealhunter,
        source: Source::Llm,
        planned_ms: NOW_MS,
        fragment: Fragment { offset: 2, size: 4 },
        confidence: 80,
        job: JobId::UNKNOWN,
        fresh_until_ms: NOW_MS + 1,
        catalog_version: 1,
        changes_ms: None,
        exclusions: 0,
    },
};

impl Content for Held {
    fn part(&self, offset: u64, size: u64) -> Self {
        let (start, size) = (usize::try_from(offset).unwrap(), usize::try_from(size).unwrap());
        Self(self.0[start..start + size].to_owned().into())
    }

    fn framed(&self, head: &[u8], tail: &[u8]) -> Self {
        let text = |bytes| str::from_utf8(bytes).expect("text");
        Self([text(head), &self.0, text(tail)].concat().into())
    }
}

impl Cache for Fake {
    type Value = Held;

    fn lookup(&self, _: &ShopId, _: &ShopperId) -> Result<Cached<Held>, Failure> {
        self.asked("cache", "cache.get").map(|()| self.cached.clone())
    }

    fn bump_catalog_version(&self, _: &ShopId) -> Result<u64, Failure> {
        self.asked("cache", "cache.bump-catalog-version")?;
        let moves = self.calls.borrow().iter().filter(|call| **call == "cache.bump-catalog-version").count();
        Ok(moves as u64)
    }

    fn products_changed(&self, _: &ShopId) -> Result<(), Failure> {
        self.asked("cache", "cache.products-changed")
    }

    fn plan(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Option<String>, Failure> {
        self.asked("cache", "cache.plan")?;
        let is_kept = self.pages.borrow().contains(&format!("{shop}:{shopper}"));
        Ok(is_kept.then(|| PLAN.to_owned()))
    }

    fn close(&self, shop: &ShopId, left_ms: Option<u64>) -> Result<(), Failure> {
        self.asked("cache", "cache.close")?;
        self.left_ms.set(left_ms);
        self.closed.borrow_mut().push(shop.to_string());
        Ok(())
    }

    fn reopen(&self, shop: &ShopId) -> Result<(), Failure> {
        self.asked("cache", "cache.reopen")?;
        self.closed.borrow_mut().retain(|closed| closed != shop.as_str());
        Ok(())
    }

    fn pages(&self, shop: &ShopId, shopper: &ShopperId) -> Result<Vec<ShopperId>, Failure> {
        self.asked("cache", "cache.pages")?;
        let pages = self.pages.borrow();
        let of_shop = pages.iter().filter_map(|page| page.strip_prefix(&format!("{shop}:")));
        let ids = of_shop.map(|id| ShopperId::parse(id).unwrap()).filter(|id| shopper.has_page(id));
        Ok(ids.collect())
    }

    fn delete_pages(&self, shop: &ShopId, shopper: Option<&ShopperId>) -> Result<Deleted, Failure> {
        self.asked("cache", "cache.delete").map(|()| delete(&self.pages, shop, shopper))
    }
}
