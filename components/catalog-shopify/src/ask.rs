//! Asks Shopify, and drops the parts of a query that Shopify refuses.

use model::catalog::{Collection, MEMBERS_MAX, PRODUCTS_MAX};
use model::{Key, Market, ShopId};
use serde::de::DeserializeOwned;

use crate::answer::{
    self, CollectionsData, HandlesData, IdsData, MembersData, ProductsData, Read, SearchData, ShopData,
};
use crate::capabilities::World;
use crate::failure::Failure;
use crate::query::{MEMBERS_PAGE, Query};
use crate::types::{Listing, Shop};

/// The name of the entry that says that we may not read a shop's tags.
const NO_TAGS: &str = "no-tags";
/// How long that entry lasts, in seconds. By then the shop may have a token.
const NO_TAGS_SECONDS: u32 = 3600;
/// The least remaining time for a question, in milliseconds.
const WAIT_MS_MIN: u64 = 50;

/// A shop's Storefront API, with a deadline.
pub struct Shopify<'a, W> {
    /// The capabilities.
    pub world: &'a W,
    /// The id of the shop.
    pub shop: &'a ShopId,
    /// The deadline, in milliseconds since the epoch.
    pub deadline_ms: u64,
}

/// Products, and the failure that cut them off, if any.
#[derive(Debug)]
pub struct Gathered {
    /// The products received.
    pub listing: Listing,
    /// The failure that kept the rest away.
    pub cut_off: Option<Failure>,
}

impl<W: World> Shopify<'_, W> {
    /// Returns the shop's own data.
    pub fn shop(&self) -> Result<Shop, Failure> {
        Ok(self.ask::<ShopData>(&mut Query::shop())?.shop())
    }

    /// Returns the shop's collections.
    pub fn collections(&self, mut query: Query) -> Result<Vec<Collection>, Failure> {
        Ok(self.ask::<CollectionsData>(&mut query)?.collections())
    }

    /// Returns the ids of a collection's products, all of them or the first [`MEMBERS_MAX`]. If only some pages arrive, nobody
    /// knows the rest, so that is a failure.
    pub fn members(&self, handle: &str) -> Result<Vec<String>, Failure> {
        let (mut ids, mut query) = (Vec::new(), Query::members(handle));
        for _ in 0..MEMBERS_MAX.div_ceil(MEMBERS_PAGE) {
            let (page, next) = self.ask::<MembersData>(&mut query)?.page();
            ids.extend(page);
            match next {
                Some(next) => query.go_on(next),
                None => break,
            }
        }
        ids.truncate(MEMBERS_MAX);
        Ok(ids)
    }

    /// Returns the products that match a search.
    pub fn search(&self, mut query: Query) -> Result<Listing, Failure> {
        Ok(self.ask_priced::<SearchData>(&mut query)?.map(SearchData::listing).unwrap_or_default())
    }

    /// Returns the products with these ids or handles. A name of digits only is an id or, if no product has that id, a
    /// handle.
    pub fn by_name(&self, market: &Market, names: &[String]) -> Result<Listing, Failure> {
        let mut listing = Listing::default();
        let ids: Vec<_> = names.iter().map(String::as_str).filter(|name| is_number(name)).collect();
        if !ids.is_empty() {
            let mut query = Query::ids(market, &ids, self.has_tags());
            listing.append(self.ask_priced::<IdsData>(&mut query)?.map(IdsData::listing).unwrap_or_default());
        }
        let has = |name: &str| listing.products.iter().any(|product| product.id == name);
        let handles: Vec<_> = names.iter().map(String::as_str).filter(|name| !has(name)).collect();
        if !handles.is_empty() {
            let mut query = Query::handles(market, &handles, self.has_tags());
            let found = self.ask_priced::<HandlesData>(&mut query)?.map(HandlesData::listing);
            listing.append(found.unwrap_or_default());
        }
        Ok(listing)
    }

    /// Returns the products of at most `pages_max` pages.
    pub fn products(&self, mut query: Query, pages_max: usize) -> Result<Gathered, Failure> {
        let first = self.ask_priced::<ProductsData>(&mut query)?;
        let (mut listing, mut cursor) = first.map(ProductsData::page).unwrap_or_default();
        for _ in 1..pages_max {
            let Some(more) = cursor.take() else { break };
            query.go_on(more);
            match self.ask_priced::<ProductsData>(&mut query) {
                Ok(None) => return Ok(Gathered { listing: Listing::default(), cut_off: None }),
                Ok(Some(data)) => {
                    let (page, next) = data.page();
                    listing.append(page);
                    cursor = next;
                }
                Err(failure) => return Ok(Gathered { listing, cut_off: Some(failure) }),
            }
        }
        listing.products.truncate(PRODUCTS_MAX);
        Ok(Gathered { listing, cut_off: None })
    }

    /// Returns whether it is worth asking for tags.
    pub fn has_tags(&self) -> bool {
        !matches!(self.world.recall(Key::Catalog(self.shop, NO_TAGS)), Ok(Some(_)))
    }

    /// Asks for data with prices. `None` if Shopify does not know the country: nothing is sold there, and another
    /// country's price would be wrong.
    fn ask_priced<T: DeserializeOwned>(&self, query: &mut Query) -> Result<Option<T>, Failure> {
        let has_country = query.has_country();
        let data = self.ask(query)?;
        Ok(if has_country && !query.has_country() { None } else { Some(data) })
    }

    /// Asks, and drops refused parts of the query until nothing is refused: at most three more times.
    fn ask<T: DeserializeOwned>(&self, query: &mut Query) -> Result<T, Failure> {
        loop {
            let refusal = match self.exchange::<T>(query) {
                Ok(Read { data, partly: None }) => return Ok(data),
                Ok(Read { data, partly: Some(failure) }) => {
                    if !self.give_up(query, &failure) {
                        self.world.warn("Shopify's answer is incomplete", &[("cause", &failure.to_string())]);
                        return Ok(data);
                    }
                    continue;
                }
                Err(failure) => failure,
            };
            if !self.give_up(query, &refusal) {
                return Err(refusal);
            }
        }
    }

    /// Drops the part of the query that is not allowed or not known. Returns false if there is no such part.
    fn give_up(&self, query: &mut Query, failure: &Failure) -> bool {
        match failure {
            Failure::Denied if query.without_tags() => {
                // If this is not stored, the next question finds out again.
                let _ = self.world.keep(Key::Catalog(self.shop, NO_TAGS), b"1", NO_TAGS_SECONDS);
                true
            }
            Failure::Refused(_) if query.without_language() => true,
            Failure::Refused(_) if query.without_country() => {
                self.world.warn("Shopify does not know the country", &[("cause", &failure.to_string())]);
                true
            }
            _ => false,
        }
    }

    fn exchange<T: DeserializeOwned>(&self, query: &Query) -> Result<Read<T>, Failure> {
        let left_ms = self.deadline_ms.saturating_sub(self.world.now_ms());
        if left_ms < WAIT_MS_MIN {
            return Err(Failure::NoTimeLeft);
        }
        let body = serde_json::to_vec(query).map_err(|_| Failure::Garbage)?;
        let timeout_ms = u32::try_from(left_ms).unwrap_or(u32::MAX);
        let answer = self.world.post(self.shop, &body, timeout_ms)?;
        match answer.status {
            200 => answer::read(&answer.body),
            status => Err(Failure::of_status(status, answer.retry_after_ms)),
        }
    }
}

fn is_number(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
}
