//! A call for one shop: decides between stored answers and a question to Shopify.
//!
//! Across all instances, each question is asked once per catalog version: the first caller claims it, and a job
//! that needs it meanwhile is told to come back. The claim does not hold back a waiting shopper without any stored
//! answer: then Shopify is asked for them too.

use model::Market;
use model::catalog::{CatalogError, Freshness};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ask::Shopify;
use crate::capabilities::World;
use crate::failure::Failure;
use crate::kept::{self, Kept};
use crate::query::Query;
use crate::question::Question;
use crate::types::{Listing, Shop};

/// When to come back while another caller asks Shopify the same question, in milliseconds: the time that a shop
/// takes to answer.
const BUSY_MS: u64 = 1_000;
/// The most pages of products in an assortment.
const PAGES_MAX: usize = 3;

/// A call for one shop.
pub struct Visit<'a, W> {
    world: &'a W,
    market: &'a Market,
    freshness: Freshness,
    shopify: Shopify<'a, W>,
}

/// An answer of Shopify, and whether it is complete.
pub struct Found<T> {
    answer: T,
    whole: bool,
}

impl<T> Found<T> {
    /// Creates a complete answer.
    pub fn whole(answer: T) -> Self {
        Self { answer, whole: true }
    }
}

/// Why a question has no answer.
pub enum Unanswered {
    /// Another caller is asking Shopify the same question, and the stored answer is from before the catalog changed.
    Busy,
    /// Shopify gave no answer.
    Failed(Failure),
}

impl From<Unanswered> for CatalogError {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Busy => Self::Busy(BUSY_MS),
            Unanswered::Failed(Failure::NoSuchUpstream) => Self::NoSuchShop,
            Unanswered::Failed(failure) => Self::Unavailable(failure.rest_ms()),
        }
    }
}

impl<'a, W: World> Visit<'a, W> {
    /// Creates a call for the shop of `shopify`.
    pub fn new(shopify: Shopify<'a, W>, market: &'a Market, freshness: Freshness) -> Self {
        Self { world: shopify.world, market, freshness, shopify }
    }

    /// Returns the products. While a shopper is waiting, only the first page is asked for. The next call that may
    /// take longer asks for the rest.
    pub fn listing(&self) -> Result<Listing, Unanswered> {
        let pages_max = if self.freshness == Freshness::StaleOk { 1 } else { PAGES_MAX };
        self.answer(Question::Products, |shopify| {
            let query = Query::products(self.market, shopify.has_tags());
            let gathered = shopify.products(query, pages_max)?;
            if let Some(failure) = &gathered.cut_off {
                self.log_failure(Question::Products, failure);
            }
            Ok(Found {
                answer: gathered.listing,
                whole: gathered.cut_off.is_none() && pages_max == PAGES_MAX,
            })
        })
    }

    /// Returns the shop's own data if it is available; a page can do without. It is the same in every market.
    pub fn shop(&self) -> Result<Option<Shop>, Unanswered> {
        let own = Market::default();
        let visit = Visit { market: &own, shopify: Shopify { ..self.shopify }, ..*self };
        match visit.answer(Question::Shop, |shopify| shopify.shop().map(Found::whole)) {
            Ok(shop) => Ok(Some(shop)),
            Err(Unanswered::Failed(_)) => Ok(visit.recall(Question::Shop).map(|kept| kept.answer)),
            Err(busy) => Err(busy),
        }
    }

    /// Returns the stored answer if it is good enough, else Shopify's answer, else a stored answer of the same
    /// catalog version.
    pub fn answer<T: Serialize + DeserializeOwned>(
        &self,
        question: Question<'_>,
        ask: impl FnOnce(&Shopify<'_, W>) -> Result<Found<T>, Failure>,
    ) -> Result<T, Unanswered> {
        let known = match self.recall::<T>(question) {
            Some(kept) if self.freshness == Freshness::StaleOk => return Ok(kept.answer),
            known => known,
        };
        let version = self.world.catalog_version(self.shopify.shop);
        let known = match known {
            Some(kept) if kept.is_fresh(question, version, self.world.now_ms()) => return Ok(kept.answer),
            known => known.filter(|kept| kept.is_of(version)),
        };
        if let Err(resting) = self.check_rest(question) {
            return self.without_shopify(question, resting, known);
        }
        let is_ours = kept::claim(self.world, self.shopify.shop, self.market, question);
        if !is_ours && self.freshness == Freshness::Current {
            return known.map(|kept| kept.answer).ok_or(Unanswered::Busy);
        }
        let answer = self.ask_once(question, known, ask);
        if is_ours {
            kept::release(self.world, self.shopify.shop, self.market, question);
        }
        answer
    }

    /// Returns Shopify's answer, unless another caller stored one, or failed, just before.
    fn ask_once<T: Serialize + DeserializeOwned>(
        &self,
        question: Question<'_>,
        known: Option<Kept<T>>,
        ask: impl FnOnce(&Shopify<'_, W>) -> Result<Found<T>, Failure>,
    ) -> Result<T, Unanswered> {
        // Read before Shopify is asked: if products change meanwhile, the answer counts as old.
        let version = self.world.catalog_version(self.shopify.shop);
        let found = match self.recall::<T>(question) {
            Some(kept) if self.freshness == Freshness::StaleOk => return Ok(kept.answer),
            Some(kept) if kept.is_fresh(question, version, self.world.now_ms()) => return Ok(kept.answer),
            _ => self.check_rest(question).and_then(|()| ask(&self.shopify)),
        };
        match found {
            Ok(found) => Ok(self.keep(question, version, found)),
            Err(failure) => self.without_shopify(question, failure, known),
        }
    }

    /// Fails if Shopify must not be asked now.
    fn check_rest(&self, question: Question<'_>) -> Result<(), Failure> {
        let resting_ms = kept::resting_ms(self.world, self.shopify.shop, question, self.freshness);
        resting_ms.map_or(Ok(()), |ms| Err(Failure::Resting(ms)))
    }

    fn keep<T: Serialize>(&self, question: Question<'_>, version: Option<u64>, found: Found<T>) -> T {
        let Found { answer, whole } = found;
        let kept = Kept { asked_ms: self.world.now_ms(), version, whole, answer };
        kept::keep(self.world, self.shopify.shop, self.market, question, &kept);
        kept.answer
    }

    fn without_shopify<T>(
        &self,
        question: Question<'_>,
        failure: Failure,
        known: Option<Kept<T>>,
    ) -> Result<T, Unanswered> {
        if !matches!(failure, Failure::Resting(_)) {
            self.log_failure(question, &failure);
        }
        known.map(|kept| kept.answer).ok_or(Unanswered::Failed(failure))
    }

    /// Logs a failure, and starts a pause for all instances.
    fn log_failure(&self, question: Question<'_>, failure: &Failure) {
        let particulars = [("cause", &*failure.to_string()), ("question", question.kind())];
        self.world.warn("Shopify did not answer", &particulars);
        kept::rest(self.world, self.shopify.shop, question, self.freshness, failure);
    }

    fn recall<T: DeserializeOwned>(&self, question: Question<'_>) -> Option<Kept<T>> {
        kept::recall(self.world, self.shopify.shop, self.market, question)
    }
}
