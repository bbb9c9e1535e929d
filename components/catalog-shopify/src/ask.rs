//! Asks Shopify, and gives up in a query what it refuses.

use names::{Key, StoreId};
use serde::de::DeserializeOwned;

use crate::answer::{self, CollectionsData, ProductsData, Read, SearchData, ShopData};
use crate::capabilities::World;
use crate::failure::Failure;
use crate::model::{Collection, Listing, Shop};
use crate::query::Query;

/// An assortment holds no more products.
pub const PRODUCTS_MAX: usize = 100;
/// What says that a shop's tags are not for us.
const NO_TAGS: &str = "no-tags";
/// For how long that is remembered, in seconds: a token may be there by then.
const NO_TAGS_SECONDS: u32 = 3600;
/// With less time left nothing is asked, in milliseconds.
const WAIT_MS_MIN: u64 = 50;

/// One shop's Storefront API, until some time.
pub struct Shopify<'a, W> {
    /// The world.
    pub world: &'a W,
    /// Whose.
    pub store: &'a StoreId,
    /// When it is too late, in milliseconds since the epoch.
    pub deadline_ms: u64,
}

/// Products, and whether these are all that were asked for.
#[derive(Debug)]
pub struct Gathered {
    /// What came.
    pub listing: Listing,
    /// What kept the rest from coming.
    pub cut_off: Option<Failure>,
}

impl<W: World> Shopify<'_, W> {
    /// What the shop says of itself.
    pub fn shop(&self) -> Result<Shop, Failure> {
        Ok(self.ask::<ShopData>(&mut Query::shop())?.shop())
    }

    /// Collections.
    pub fn collections(&self, mut query: Query) -> Result<Vec<Collection>, Failure> {
        Ok(self.ask::<CollectionsData>(&mut query)?.collections())
    }

    /// What a search finds.
    pub fn search(&self, mut query: Query) -> Result<Listing, Failure> {
        Ok(self.ask_priced::<SearchData>(&mut query)?.map(SearchData::listing).unwrap_or_default())
    }

    /// The products, page by page, at most `pages_max` of these.
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

    /// Whether tags are worth asking for.
    pub fn has_tags(&self) -> bool {
        !matches!(self.world.recall(Key::Catalog(self.store, NO_TAGS)), Ok(Some(_)))
    }

    /// Asks for what has a price. `None` if Shopify does not know the country: nothing is sold there, and a price of
    /// another country would be wrong.
    fn ask_priced<T: DeserializeOwned>(&self, query: &mut Query) -> Result<Option<T>, Failure> {
        let has_country = query.has_country();
        let data = self.ask(query)?;
        Ok(if has_country && !query.has_country() { None } else { Some(data) })
    }

    /// Asks until the query has nothing left that is refused: at most three times more.
    fn ask<T: DeserializeOwned>(&self, query: &mut Query) -> Result<T, Failure> {
        loop {
            let refusal = match self.exchange::<T>(query) {
                Ok(Read { data, partly: None }) => return Ok(data),
                Ok(Read { data, partly: Some(failure) }) => {
                    if !self.give_up(query, &failure) {
                        self.world.warn("Shopify answered in part", &[("cause", &failure.to_string())]);
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

    /// Takes out of the query what is not allowed, or not known; false if there is nothing of that kind in it.
    fn give_up(&self, query: &mut Query, failure: &Failure) -> bool {
        match failure {
            Failure::Denied if query.without_tags() => {
                // If this is not kept, the next question finds out by itself.
                let _ = self.world.keep(Key::Catalog(self.store, NO_TAGS), b"1", NO_TAGS_SECONDS);
                true
            }
            Failure::Refused(_) if query.without_language() => true,
            Failure::Refused(_) if query.without_country() => {
                self.world.warn("Shopify knows no such country", &[("cause", &failure.to_string())]);
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
        let answer = self.world.post(self.store, &body, timeout_ms)?;
        match answer.status {
            200 => answer::read(&answer.body),
            status => Err(Failure::of_status(status, answer.retry_after_ms)),
        }
    }
}
