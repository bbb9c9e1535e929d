//! `GET /s/{store}?shopper={id}`: serves a page at once, and requests a better one. Without a shopper, as crawlers ask, it is
//! the fallback page. `GET /facts/{store}` returns the products of that page for machines.
//!
//! A fresh page costs two calls: the shop status and the lookup. Everything else happens only
//! if there is no fresh page.

use model::catalog::{Assortment, Collection, Curation, Product};
use model::jobs::{Enqueued, Work};
use model::pages::{Cached, Fragment, Page, PageMetadata, Staleness};
use model::shop::ShopSettings;
use model::{Market, NO_CURRENCY, PageKind, Persona, ShopId, ShopperId};
use page::{About, Document, Shelves, Shop, Subject};
use routes::{Format, Route};

use crate::admission;
use crate::approved::{Visibility, visibility};
use crate::capabilities::{Cache, Catalog, Clock, Deployment, Limits, Log, Queue, Settings, Storage};
use crate::headers::{self, ExtraField};
use crate::http::{Body, Reply, Request, Response};
use crate::page_request;
use crate::refusal::Refusal;
use crate::served::{Generation, Served};
use crate::target::{InvalidParameter, Target};
use crate::track;
use crate::visitor::Visitor;

/// The page that a shopper is shown.
pub(crate) enum Shown<V> {
    /// The page that was generated for them.
    Theirs(V, Fragment),
    /// The fallback page.
    Anybodys(Document),
}

/// Serves the page for a shopper or, if the request names none, for anybody.
pub(crate) fn page<D: Deployment>(
    deployment: &D,
    target: Target<'_>,
    request: &impl Request,
) -> Result<Reply<D::Value>, Refusal> {
    let (visitor, (served, shown)) = match Visitor::of_path(deployment, target) {
        Err(Refusal::Parameter(InvalidParameter::Missing("shopper"))) => {
            let anybody = anybody(deployment, Route::Page, target)?;
            let shown = anybodys(deployment, &anybody, Generation::NotTriggered)?;
            (anybody, shown)
        }
        visitor => {
            let visitor = visitor?;
            let shown = show(deployment, &visitor, request, |_| true)?;
            (visitor, shown)
        }
    };
    let body = match shown {
        Shown::Theirs(content, _) => Body::Value(content),
        Shown::Anybodys(document) => Body::Bytes(document.html.into_bytes()),
    };
    Ok(reply(visitor.shop, &served, respond(&served, body)))
}

/// Returns the products of the page for anybody, with their prices, as JSON.
pub(crate) fn facts<D: Deployment>(deployment: &D, target: Target<'_>) -> Result<Reply<D::Value>, Refusal> {
    let Visitor { shop, .. } = anybody(deployment, Route::Facts, target)?;
    let goods = Goods::all(deployment, &shop, &Market::default(), None).ok_or(Refusal::NoSuchShop)?;
    let body = Body::Bytes(page::facts(&goods.home(&goods.pictured())).into_bytes());
    let headers = headers::notice(Format::Json, ExtraField::None);
    Ok(Reply { shop: Some(shop), ..Response { status: 200, headers, body }.into() })
}

/// Returns a visitor of an open shop who has no session and no signals.
fn anybody(deployment: &impl Deployment, route: Route, target: Target<'_>) -> Result<Visitor, Refusal> {
    let shop = route.shop_in(target.path).ok_or(Refusal::NoSuchShop)?;
    let shopper = ShopperId::context(Persona::Explorer);
    let visitor = Visitor::parse(deployment, &shop, shopper.as_str())?;
    track::refuse_closed(deployment, &visitor)?;
    Ok(visitor)
}

/// Returns the reply with a shopper's page, or a part of one.
pub(crate) fn reply<V>(shop: ShopId, served: &Served, response: Response<V>) -> Reply<V> {
    let may_have_enqueued = served.has_job();
    Reply { shop: Some(shop), cache: Some(served.outcome()), may_have_enqueued, ..response.into() }
}

/// Returns the page to show now, and requests a new page if it is missing or stale. A page that is not `usable` is
/// rendered again, and a stale one is not shown if the merchant excludes something else since it was made.
pub(crate) fn show<D: Deployment>(
    deployment: &D,
    visitor: &Visitor,
    request: &impl Request,
    usable: impl Fn(&PageMetadata) -> bool,
) -> Result<(Served, Shown<D::Value>), Refusal> {
    if visitor.paused {
        return anybodys(deployment, visitor, Generation::NotTriggered);
    }
    match lookup(deployment, visitor) {
        Cached::Closed => Err(Refusal::NoSuchShop),
        _ if visitor.gets_fallback() => anybodys(deployment, visitor, Generation::NotTriggered),
        Cached::Fresh(Page { content, metadata }) if usable(&metadata) => {
            let shown = Shown::Theirs(content, metadata.fragment);
            Ok((Served::Hit(metadata), shown))
        }
        Cached::Fresh(_) => made_anew(deployment, visitor, request, Wanted::Rerender),
        Cached::Stale(Page { content, metadata }, reason) => {
            match visibility(deployment, visitor, &metadata) {
                Visibility::Allowed if usable(&metadata) => {
                    let generation = request_page(deployment, visitor, request, Wanted::after(reason));
                    let shown = Shown::Theirs(content, metadata.fragment);
                    Ok((Served::Stale(metadata, generation), shown))
                }
                Visibility::Allowed | Visibility::Withdrawn => {
                    made_anew(deployment, visitor, request, Wanted::after(reason))
                }
                // It counts as a new page, which the limits allow or not: nothing may come of it as long as nothing is
                // approved.
                Visibility::Unapproved => made_anew(deployment, visitor, request, Wanted::Replanned),
            }
        }
        Cached::Miss => made_anew(deployment, visitor, request, Wanted::First),
    }
}

/// Renders the fallback page of a shop, which the host serves when all else fails. Returns `None` for a shop
/// that is not served here.
pub fn fallback<D: Deployment>(deployment: &D, shop: &str) -> Option<Response<D::Value>> {
    let shop = ShopId::parse(shop).ok()?;
    let document = Goods::all(deployment, &shop, &Market::default(), None)?.fallback(PageKind::Home, "");
    Some(respond(&Served::Miss(Generation::NotTriggered), Body::Bytes(document.html.into_bytes())))
}

/// Looks up the page in the cache. A cache that does not answer counts as a miss.
fn lookup<D: Cache + Log>(deployment: &D, visitor: &Visitor) -> Cached<D::Value> {
    deployment.lookup(&visitor.shop, &visitor.shopper).unwrap_or_else(|failure| {
        let particulars = [("shop", visitor.shop.as_str()), ("reason", failure.reason())];
        deployment.warn("cannot get a page from the cache", &particulars);
        Cached::Miss
    })
}

/// The page that a shopper lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// The first one.
    First,
    /// One with a new plan.
    Replanned,
    /// The one that they have, rendered again.
    Rerender,
}

impl Wanted {
    fn after(reason: Staleness) -> Self {
        match reason {
            Staleness::CatalogChanged => Self::Rerender,
            Staleness::Expired => Self::Replanned,
        }
    }
}

/// Requests a page, if the limits allow it. The result does not change what the shopper is served.
fn request_page(
    deployment: &(impl Queue + Storage + Limits + Clock + Log),
    visitor: &Visitor,
    request: &impl Request,
    wanted: Wanted,
) -> Generation {
    if !visitor.may_request_page() || admission::is_bot(request) {
        return Generation::NotTriggered;
    }
    if wanted != Wanted::Rerender && !admission::admits_generation(deployment, visitor) {
        return Generation::Limited;
    }
    let signals = page_request::recall(deployment, visitor);
    let work = match wanted {
        Wanted::First => admission::first_page(deployment, visitor, &signals),
        Wanted::Replanned => Work::Generate,
        Wanted::Rerender => Work::Rerender,
    };
    match page_request::request_page_after(deployment, visitor, work, signals) {
        Ok(Enqueued::Accepted(_) | Enqueued::Live(_)) => Generation::Triggered,
        Ok(Enqueued::Full) => Generation::QueueFull,
        Err(_logged) => Generation::QueueUnavailable,
    }
}

/// Requests a page, and returns the fallback page meanwhile.
fn made_anew<D: Deployment>(
    deployment: &D,
    visitor: &Visitor,
    request: &impl Request,
    wanted: Wanted,
) -> Result<(Served, Shown<D::Value>), Refusal> {
    let generation = request_page(deployment, visitor, request, wanted);
    anybodys(deployment, visitor, generation)
}

fn anybodys<D: Deployment>(
    deployment: &D,
    visitor: &Visitor,
    generation: Generation,
) -> Result<(Served, Shown<D::Value>), Refusal> {
    let goods = Goods::all(deployment, &visitor.shop, &visitor.market(), None).ok_or(Refusal::NoSuchShop)?;
    let document = goods.fallback(visitor.page(), &visitor.about);
    Ok((Served::Miss(generation), Shown::Anybodys(document)))
}

/// Returns the beginning of a generated page with a subject: the blocks about the subject, which the stored page cannot
/// have. Returns nothing for other pages. If the catalog does not answer, the beginning shows nothing.
pub(crate) fn beginning<D: Deployment>(deployment: &D, visitor: &Visitor, served: &Served) -> String {
    let (Served::Hit(metadata) | Served::Stale(metadata, _)) = served else { return String::new() };
    if !visitor.page().has_subject() {
        return String::new();
    }
    let (shop, market, persona) = (&visitor.shop, visitor.market(), Some(metadata.persona));
    let goods = match visitor.page() {
        PageKind::Collection => Goods::all(deployment, shop, &market, persona),
        _ => Goods::of(deployment, shop, &market, persona),
    };
    let Some(goods) = goods else { return String::new() };
    let views = page_request::recall(deployment, visitor).views;
    let about = About { views: &views, persona, ..goods.about(Subject::of(visitor.page(), &visitor.about)) };
    let blocks = about.blocks(goods.shop.words());
    let look = goods.shop.settings.look_of(shop, &visitor.person, metadata.persona);
    page::beginning(&goods.shop, look, &blocks)
}

/// A shop and the products that the catalog has without waiting, except those that the merchant excludes.
struct Goods {
    shop: Shop,
    curation: Curation,
    products: Vec<Product>,
    collections: Vec<Collection>,
    is_known: bool,
    best_sellers_first: bool,
}

impl Goods {
    /// Returns a shop and its products, for a shopper of this persona or anybody; `None` if it is not served here.
    fn of(
        deployment: &(impl Catalog + Clock + Log + Settings),
        id: &ShopId,
        market: &Market,
        persona: Option<Persona>,
    ) -> Option<Self> {
        let merchant = deployment.merchant(id)?;
        let known = curated(deployment, id, market, &merchant);
        let is_known = known.is_some();
        let (curation, assortment) = known.unwrap_or_else(|| (Curation::default(), nothing()));
        let Assortment { shop_name, currency, money_format, best_sellers_first, products } = assortment;
        let merchant = merchant.in_market(market).at(deployment.now_ms()).shown_to(persona);
        let settings = merchant.known_as(id.as_str(), &shop_name);
        let shop = Shop { id: id.to_string(), settings, currency, money_format };
        Some(Self { shop, curation, products, collections: Vec::new(), is_known, best_sellers_first })
    }

    /// Returns the same with the shop's collections.
    fn all(
        deployment: &(impl Catalog + Clock + Log + Settings),
        id: &ShopId,
        market: &Market,
        persona: Option<Persona>,
    ) -> Option<Self> {
        let goods = Self::of(deployment, id, market, persona)?;
        let is_empty = goods.products.is_empty();
        let collections = if is_empty { Vec::new() } else { collections(deployment, id, market) };
        Some(Self { collections: goods.curation.admitted_collections(collections), ..goods })
    }

    fn shelves(&self) -> Shelves<'_> {
        match (self.is_known, self.best_sellers_first) {
            (false, _) => Shelves::Unknown,
            (true, true) => Shelves::BestSellers(&self.products),
            (true, false) => Shelves::Products(&self.products),
        }
    }

    /// Returns a subject with what it is compared with, as every shopper sees it.
    fn about<'a>(&'a self, subject: Subject<'a>) -> About<'a> {
        let (shelves, collections) = (self.shelves(), self.collections.as_slice());
        About { subject, shelves, collections, views: &[], persona: None }
    }

    /// Returns the collections with a picture each.
    fn pictured(&self) -> Vec<page::Collection> {
        let pictured =
            |collection: &Collection| page::Collection::pictured(collection.clone(), &self.products);
        self.collections.iter().map(pictured).collect()
    }

    /// Returns the fallback page of the home page, with these collections.
    fn home<'a>(&'a self, collections: &'a [page::Collection]) -> page::Page<'a> {
        page::fallback(&self.shop, self.shelves(), collections, &self.shop.settings.promises)
    }

    /// Renders the fallback page of a kind.
    fn fallback(&self, page: PageKind, about: &str) -> Document {
        let collections = self.pictured();
        let fallback = match Subject::of(page, about) {
            Subject::Shop => self.home(&collections),
            subject => page::fallback_about(&self.shop, &self.about(subject), &collections),
        };
        page::render_for(page, &fallback)
    }
}

/// Returns what the merchant excludes and pins, and the shop's products without and with it; `None` if the catalog does not
/// answer. If it does not know which products an excluded collection has, nothing can be shown.
fn curated(
    deployment: &(impl Catalog + Log),
    shop: &ShopId,
    market: &Market,
    merchant: &ShopSettings,
) -> Option<(Curation, Assortment)> {
    let mut assortment = assortment(deployment, shop, market)?;
    let curation =
        Curation::of(merchant, |handles| deployment.members(shop, handles)).inspect_err(|failure| {
            let particulars = [("shop", shop.as_str()), ("reason", failure.reason())];
            deployment.warn("cannot get the products of excluded or pinned collections", &particulars);
        });
    let curation = curation.ok()?;
    let missing = curation.missing(&assortment.products);
    if !missing.is_empty() {
        assortment.complete(pins(deployment, shop, market, &missing));
    }
    assortment.products = assortment.products.into_iter().filter_map(Product::named).collect();
    let assortment = curation.shelved(assortment);
    Some((curation, assortment))
}

/// Returns pinned products that the catalog does not list; none if it does not answer, because a page does without them.
fn pins(deployment: &(impl Catalog + Log), shop: &ShopId, market: &Market, names: &[String]) -> Vec<Product> {
    deployment.by_name(shop, market, names).unwrap_or_else(|failure| {
        let particulars = [("shop", shop.as_str()), ("reason", failure.reason())];
        deployment.warn("cannot get pinned products from the catalog", &particulars);
        Vec::new()
    })
}

/// Returns the shop's products; `None` if the catalog does not answer.
fn assortment(deployment: &(impl Catalog + Log), shop: &ShopId, market: &Market) -> Option<Assortment> {
    let known = deployment.products(shop, market).inspect_err(|failure| {
        let particulars = [("shop", shop.as_str()), ("reason", failure.reason())];
        deployment.warn("cannot get products from the catalog", &particulars);
    });
    known.ok()
}

fn nothing() -> Assortment {
    Assortment {
        shop_name: String::new(),
        currency: NO_CURRENCY.to_owned(),
        money_format: String::new(),
        best_sellers_first: false,
        products: Vec::new(),
    }
}

/// Returns the shop's collections; none if the catalog does not answer.
fn collections(deployment: &(impl Catalog + Log), shop: &ShopId, market: &Market) -> Vec<Collection> {
    deployment.collections(shop, market).unwrap_or_else(|failure| {
        let particulars = [("shop", shop.as_str()), ("reason", failure.reason())];
        deployment.warn("cannot get collections from the catalog", &particulars);
        Vec::new()
    })
}

fn respond<V>(served: &Served, body: Body<V>) -> Response<V> {
    Response { status: 200, headers: headers::page(served), body }
}
