//! `GET /s/{store}?shopper={id}`: a page at once, whatever there is, and the order for a better one.
//!
//! A fresh page costs two calls: whether the shop is served here, and the lookup. Everything else
//! happens only where there is no fresh page.

use names::StoreId;
use page::Shop;

use crate::capabilities::{
    Assortment, Cache, Cached, Catalog, Deployment, Failure, Log, Merchant, Offered, Queue, Sessions,
    Staleness, Work,
};
use crate::headers::{self, Generation, Served};
use crate::http::{Body, Response};
use crate::ordering;
use crate::refusal::Refusal;
use crate::target::Target;
use crate::visitor::Visitor;

/// ISO 4217 for "no currency": a shop whose prices are not known.
const NO_CURRENCY: &str = "XXX";

/// The page for a shopper. `store` is as it stands in the path.
pub(crate) fn page<D: Deployment>(
    deployment: &D,
    store: &str,
    target: Target<'_>,
) -> Result<Response<D::Value>, Refusal> {
    let visitor = Visitor::of_path(deployment, store, target)?;
    match lookup(deployment, &visitor) {
        Cached::Fresh(page) => Ok(respond(Served::Hit(page.facts), Body::Value(page.content))),
        Cached::Stale(page, reason) => {
            let generation = order(deployment, &visitor, work_for(reason));
            Ok(respond(Served::Stale(page.facts, generation), Body::Value(page.content)))
        }
        Cached::Miss => {
            let merchant = deployment.merchant(&visitor.store).ok_or(Refusal::NoSuchStore)?;
            let generation = order(deployment, &visitor, Work::Generate);
            let document = render_fallback(deployment, &visitor.store, merchant);
            Ok(respond(Served::Miss(generation), Body::Bytes(document)))
        }
    }
}

/// The page of a store that fits every shopper, for the host to serve when all else fails. `None`
/// for a store that is not served here.
pub fn fallback<D: Deployment>(deployment: &D, store: &str) -> Option<Response<D::Value>> {
    let store = StoreId::parse(store).ok()?;
    let merchant = deployment.merchant(&store)?;
    let document = render_fallback(deployment, &store, merchant);
    Some(respond(Served::Miss(Generation::NotTriggered), Body::Bytes(document)))
}

/// What the cache holds. A cache that does not answer holds nothing.
fn lookup<D: Cache + Log>(deployment: &D, visitor: &Visitor) -> Cached<D::Value> {
    deployment.lookup(&visitor.store, &visitor.shopper).unwrap_or_else(|Failure(reason)| {
        let particulars = [("store", visitor.store.as_str()), ("reason", &reason)];
        deployment.warn("the cache could not be asked for a page", &particulars);
        Cached::Miss
    })
}

fn work_for(reason: Staleness) -> Work {
    match reason {
        Staleness::CatalogMoved => Work::Rerender,
        Staleness::Expired => Work::Generate,
    }
}

/// Orders a page. A shopper is served the same whatever comes of it.
fn order(deployment: &(impl Queue + Sessions + Log), visitor: &Visitor, work: Work) -> Generation {
    match ordering::order(deployment, visitor, work) {
        Ok(Offered::Accepted(_) | Offered::Live(_)) => Generation::Triggered,
        Ok(Offered::Full) => Generation::QueueFull,
        Err(_logged) => Generation::QueueUnavailable,
    }
}

fn render_fallback(deployment: &(impl Catalog + Log), store: &StoreId, merchant: Merchant) -> Vec<u8> {
    let Assortment { currency, products } = assortment(deployment, store);
    let Merchant { name, url, language, promises } = merchant;
    let shop = Shop { id: store.to_string(), name, url, language, currency };
    page::render(&page::fallback(&shop, &products, &promises)).into_bytes()
}

/// What the shop has to show. A catalog that does not answer leaves the shelves empty.
fn assortment(deployment: &(impl Catalog + Log), store: &StoreId) -> Assortment {
    deployment.products(store).unwrap_or_else(|Failure(reason)| {
        let particulars = [("store", store.as_str()), ("reason", &reason)];
        deployment.warn("the catalog could not be asked for products", &particulars);
        Assortment { currency: NO_CURRENCY.to_owned(), products: Vec::new() }
    })
}

fn respond<V>(served: Served, body: Body<V>) -> Response<V> {
    Response { status: 200, headers: headers::page(served), body }
}
