//! When Shopify is asked, and what is said when it does not answer.

use names::{Market, NO_CURRENCY, StoreId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ask::Shopify;
use crate::capabilities::World;
use crate::failure::Failure;
use crate::kept::{self, Kept};
use crate::model::{Assortment, Collection, Listing, Product, Shop};
use crate::query::Query;
use crate::question::{Question, Term};

/// How long a shopper waits for Shopify, in milliseconds, where nothing at all is known.
const AT_ONCE_MS: u64 = 800;
/// How long somebody in the background waits, in milliseconds.
const CURRENT_MS: u64 = 10_000;
/// Pages of products that an assortment is made of.
const PAGES_MAX: usize = 3;

/// How long a question may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// A shopper waits: what is known will do, however old; Shopify is asked only where nothing is.
    AtOnce,
    /// Nobody waits: what is known must be current.
    Current,
}

/// Why there is nothing to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatalogError {
    /// The deployment has no such shop at Shopify.
    NoSuchStore,
    /// Try again after so many milliseconds.
    Unavailable(u64),
}

/// Products of shops at Shopify.
#[derive(Debug)]
pub struct Catalog<W> {
    /// The world it is in.
    pub world: W,
}

/// One call, for one shop.
struct Visit<'a, W> {
    world: &'a W,
    market: &'a Market,
    urgency: Urgency,
    shopify: Shopify<'a, W>,
}

/// An answer of Shopify, and whether it is all that was asked for.
struct Found<T> {
    answer: T,
    whole: bool,
}

impl<T> Found<T> {
    fn whole(answer: T) -> Self {
        Self { answer, whole: true }
    }
}

impl<W: World> Catalog<W> {
    /// What the shop has to show.
    pub fn products(
        &self,
        store: &StoreId,
        market: &Market,
        urgency: Urgency,
    ) -> Result<Assortment, CatalogError> {
        let visit = self.visit(store, market, urgency);
        let Listing { currency, products } = visit.listing()?;
        let shop = visit.shop();
        let own = shop.as_ref().map(|shop| shop.currency.clone()).filter(|own| !own.is_empty());
        let currency =
            if currency.is_empty() { own.clone().unwrap_or(NO_CURRENCY.to_owned()) } else { currency };
        // A format has the sign of the shop's own currency in it, and would make another's price a wrong one.
        let (shop_name, format) = shop.map(|shop| (shop.name, shop.money_format)).unwrap_or_default();
        let money_format = if own.as_ref() == Some(&currency) { format } else { String::new() };
        // Shopify is asked to sort them so (`products.graphql`).
        Ok(Assortment { shop_name, currency, money_format, best_sellers_first: true, products })
    }

    /// The shop's collections.
    pub fn collections(
        &self,
        store: &StoreId,
        market: &Market,
        urgency: Urgency,
    ) -> Result<Vec<Collection>, CatalogError> {
        let visit = self.visit(store, market, urgency);
        visit.answer(Question::Collections, |shopify| {
            shopify.collections(Query::collections(market)).map(Found::whole)
        })
    }

    /// Products that a shopper's words find. None where the words say nothing, or where they are in another
    /// currency than the shop's products.
    pub fn search(
        &self,
        store: &StoreId,
        market: &Market,
        urgency: Urgency,
        term: &str,
    ) -> Result<Vec<Product>, CatalogError> {
        let Some(term) = Term::parse(term) else { return Ok(Vec::new()) };
        let visit = self.visit(store, market, urgency);
        let found: Listing = visit.answer(Question::Search(&term), |shopify| {
            shopify.search(Query::search(market, &term, shopify.has_tags())).map(Found::whole)
        })?;
        let known: Option<Kept<Listing>> = kept::recall(&self.world, store, market, Question::Products);
        let fits =
            |kept: Kept<Listing>| kept.answer.products.is_empty() || kept.answer.currency == found.currency;
        Ok(if known.is_none_or(fits) { found.products } else { Vec::new() })
    }

    fn visit<'a>(&'a self, store: &'a StoreId, market: &'a Market, urgency: Urgency) -> Visit<'a, W> {
        let budget_ms = match urgency {
            Urgency::AtOnce => AT_ONCE_MS,
            Urgency::Current => CURRENT_MS,
        };
        let deadline_ms = self.world.now_ms().saturating_add(budget_ms);
        let shopify = Shopify { world: &self.world, store, deadline_ms };
        Visit { world: &self.world, market, urgency, shopify }
    }
}

impl<W: World> Visit<'_, W> {
    /// A shopper who waits is shown the first page only, and the next one who does not wait asks for the rest.
    fn listing(&self) -> Result<Listing, CatalogError> {
        let pages_max = if self.urgency == Urgency::AtOnce { 1 } else { PAGES_MAX };
        self.answer(Question::Products, |shopify| {
            let query = Query::products(self.market, shopify.has_tags());
            let gathered = shopify.products(query, pages_max)?;
            if let Some(failure) = &gathered.cut_off {
                self.tell(Question::Products, failure);
            }
            Ok(Found {
                answer: gathered.listing,
                whole: gathered.cut_off.is_none() && pages_max == PAGES_MAX,
            })
        })
    }

    /// What the shop says of itself, if it can be had: a page can do without. It says the same in every market.
    fn shop(&self) -> Option<Shop> {
        let own = Market::default();
        let visit = Visit { market: &own, shopify: Shopify { ..self.shopify }, ..*self };
        let current = visit.answer(Question::Shop, |shopify| shopify.shop().map(Found::whole)).ok();
        current.or_else(|| visit.recall(Question::Shop).map(|kept| kept.answer))
    }

    /// What is known, if it will do; else what Shopify says; else what was known, if it is not wrong.
    fn answer<T: Serialize + DeserializeOwned>(
        &self,
        question: Question<'_>,
        ask: impl FnOnce(&Shopify<'_, W>) -> Result<Found<T>, Failure>,
    ) -> Result<T, CatalogError> {
        let known = self.recall::<T>(question);
        let known = match known {
            Some(kept) if self.urgency == Urgency::AtOnce => return Ok(kept.answer),
            known => known,
        };
        // Read before Shopify is asked: should products change meanwhile, the answer counts as old.
        let version = self.world.catalog_version(self.shopify.store);
        let known = match known {
            Some(kept) if kept.is_fresh(question, version, self.world.now_ms()) => return Ok(kept.answer),
            known => known,
        };
        match self.ask(question, ask) {
            Ok(found) => Ok(self.keep(question, version, found)),
            Err(failure) => {
                self.without_shopify(question, &failure, known.filter(|kept| kept.is_of(version)))
            }
        }
    }

    fn ask<T>(
        &self,
        question: Question<'_>,
        ask: impl FnOnce(&Shopify<'_, W>) -> Result<Found<T>, Failure>,
    ) -> Result<Found<T>, Failure> {
        match kept::resting_ms(self.world, self.shopify.store, question, self.urgency) {
            Some(ms) => Err(Failure::Resting(ms)),
            None => ask(&self.shopify),
        }
    }

    fn keep<T: Serialize>(&self, question: Question<'_>, version: Option<u64>, found: Found<T>) -> T {
        let Found { answer, whole } = found;
        let kept = Kept { asked_ms: self.world.now_ms(), version, whole, answer };
        kept::keep(self.world, self.shopify.store, self.market, question, &kept);
        kept.answer
    }

    fn without_shopify<T>(
        &self,
        question: Question<'_>,
        failure: &Failure,
        known: Option<Kept<T>>,
    ) -> Result<T, CatalogError> {
        if !matches!(failure, Failure::Resting(_)) {
            self.tell(question, failure);
        }
        match (known, failure) {
            (Some(kept), _) => Ok(kept.answer),
            (None, Failure::NoSuchUpstream) => Err(CatalogError::NoSuchStore),
            (None, failure) => Err(CatalogError::Unavailable(failure.rest_ms())),
        }
    }

    /// Tells the operator, and every instance that Shopify is to be left alone.
    fn tell(&self, question: Question<'_>, failure: &Failure) {
        let particulars = [("cause", &*failure.to_string()), ("question", question.kind())];
        self.world.warn("Shopify did not answer", &particulars);
        kept::rest(self.world, self.shopify.store, question, self.urgency, failure);
    }

    fn recall<T: DeserializeOwned>(&self, question: Question<'_>) -> Option<Kept<T>> {
        kept::recall(self.world, self.shopify.store, self.market, question)
    }
}

#[cfg(test)]
mod tests;
