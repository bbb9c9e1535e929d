//! The catalog: combines Shopify's answers into assortments, collections and search results.

use model::catalog::{Assortment, CatalogError, Collection, Freshness, NAMES_MAX, Product};
use model::{Market, NO_CURRENCY, ShopId};

use crate::ask::Shopify;
use crate::capabilities::World;
use crate::kept::{self, Kept};
use crate::query::Query;
use crate::question::{Question, Term};
use crate::types::Listing;
use crate::visit::{Found, Visit};

/// How long a shopper waits for Shopify if nothing is known, in milliseconds.
const STALE_OK_MS: u64 = 800;
/// How long a background job waits for Shopify, in milliseconds.
const CURRENT_MS: u64 = 10_000;

/// The catalog of Shopify shops.
#[derive(Debug)]
pub struct Catalog<W> {
    /// The capabilities.
    pub world: W,
}

impl<W: World> Catalog<W> {
    /// Returns the shop's products.
    pub fn products(
        &self,
        id: &ShopId,
        market: &Market,
        freshness: Freshness,
    ) -> Result<Assortment, CatalogError> {
        let visit = self.visit(id, market, freshness);
        let Listing { currency, products } = visit.listing()?;
        let shop = visit.shop()?;
        let own = shop.as_ref().map(|shop| shop.currency.clone()).filter(|own| !own.is_empty());
        let currency =
            if currency.is_empty() { own.clone().unwrap_or(NO_CURRENCY.to_owned()) } else { currency };
        // A format contains the sign of the shop's own currency, which would be wrong for another currency's prices.
        let (shop_name, format) = shop.map(|shop| (shop.name, shop.money_format)).unwrap_or_default();
        let money_format = if own.as_ref() == Some(&currency) { format } else { String::new() };
        // The query asks Shopify for this order (`products.graphql`).
        Ok(Assortment { shop_name, currency, money_format, best_sellers_first: true, products })
    }

    /// Returns the shop's collections.
    pub fn collections(
        &self,
        shop: &ShopId,
        market: &Market,
        freshness: Freshness,
    ) -> Result<Vec<Collection>, CatalogError> {
        let visit = self.visit(shop, market, freshness);
        let collections = visit.answer(Question::Collections, |shopify| {
            shopify.collections(Query::collections(market)).map(Found::whole)
        })?;
        Ok(collections)
    }

    /// Returns the ids of the products of each of these collections. All of them together take no longer than one question
    /// may.
    pub fn members(
        &self,
        shop: &ShopId,
        freshness: Freshness,
        handles: &[String],
    ) -> Result<Vec<Vec<String>>, CatalogError> {
        let own = Market::default();
        let visit = self.visit(shop, &own, freshness);
        let members = |handle: &String| {
            visit.answer(Question::Members(handle), |shopify| shopify.members(handle).map(Found::whole))
        };
        Ok(handles.iter().map(members).collect::<Result<_, _>>()?)
    }

    /// Returns the products that match a shopper's search term. The result is empty if the term has no words, or
    /// if its prices are in another currency than the shop's products.
    pub fn search(
        &self,
        shop: &ShopId,
        market: &Market,
        freshness: Freshness,
        term: &str,
    ) -> Result<Vec<Product>, CatalogError> {
        let Some(term) = Term::parse(term) else { return Ok(Vec::new()) };
        let visit = self.visit(shop, market, freshness);
        let found: Listing = visit.answer(Question::Search(&term), |shopify| {
            shopify.search(Query::search(market, &term, shopify.has_tags())).map(Found::whole)
        })?;
        Ok(self.in_currency_of_products(shop, market, found))
    }

    /// Returns the products with these ids or handles, at most [`NAMES_MAX`], wherever they stand in the shop's list. The
    /// result is empty if their prices are in another currency than those of the shop's products.
    pub fn by_name(
        &self,
        shop: &ShopId,
        market: &Market,
        freshness: Freshness,
        names: &[String],
    ) -> Result<Vec<Product>, CatalogError> {
        let mut names: Vec<_> = names.iter().take(NAMES_MAX).map(|name| name.to_lowercase()).collect();
        names.sort();
        names.dedup();
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let visit = self.visit(shop, market, freshness);
        let found = visit
            .answer(Question::Names(&names), |shopify| shopify.by_name(market, &names).map(Found::whole))?;
        Ok(self.in_currency_of_products(shop, market, found))
    }

    fn in_currency_of_products(&self, shop: &ShopId, market: &Market, found: Listing) -> Vec<Product> {
        let known: Option<Kept<Listing>> = kept::recall(&self.world, shop, market, Question::Products);
        let fits =
            |kept: Kept<Listing>| kept.answer.products.is_empty() || kept.answer.currency == found.currency;
        if known.is_none_or(fits) { found.products } else { Vec::new() }
    }

    fn visit<'a>(&'a self, shop: &'a ShopId, market: &'a Market, freshness: Freshness) -> Visit<'a, W> {
        let budget_ms = match freshness {
            Freshness::StaleOk => STALE_OK_MS,
            Freshness::Current => CURRENT_MS,
        };
        let deadline_ms = self.world.now_ms().saturating_add(budget_ms);
        let shopify = Shopify { world: &self.world, shop, deadline_ms };
        Visit::new(shopify, market, freshness)
    }
}

#[cfg(test)]
mod tests;
