//! `/proxy…`: requests that Shopify forwards from a shop's own address, such as `https://wands.example/apps/wand`.
//!
//! Shopify signs only the query, so shopper and shop follow from the query alone. A read request may be repeated
//! while its signature is valid, because repeating it changes nothing more. A report may not be repeated.

use model::pages::{Fragment, PageMetadata};
use model::{EventId, Key, ShopId, ShopperId};
use page::{Document, THEME_STYLE};
use shopify::proxy::Signed;
use words::Language;

use crate::admission;
use crate::capabilities::{Cache, Clock, Content, Deployment, Failure, Log, Queue, Storage, Swap};
use crate::domains;
use crate::effects;
use crate::events::Event;
use crate::headers;
use crate::http::{Body, Reply, Request, Response};
use crate::identity::Identity;
use crate::in_theme::InTheme;
use crate::refusal::Refusal;
use crate::signals::{self, Session};
use crate::status;
use crate::storefront::{self, Shown};
use crate::target::Target;
use crate::track::{self, Kept};
use crate::visitor::Visitor;

/// The app's secret, with which Shopify signs.
pub(crate) const SECRET: &str = "SHOPIFY_API_SECRET";
/// The app's path in a shop, unless the merchant renamed it. The theme's script is told the path.
const PREFIX: &str = "/apps/wand";
/// The end of a fragment. A fragment without it did not arrive whole.
const END: &str = "<template data-wand-end></template>";
/// How long a report is remembered: longer than its signature is valid, also if Shopify's clock is ahead.
const SEEN_TTL_SECONDS: u32 = 2 * WINDOW_SECONDS + 1;
#[expect(clippy::cast_possible_truncation, reason = "it is a minute and a half")]
const WINDOW_SECONDS: u32 = shopify::WINDOW_S as u32;

/// A request that Shopify signed, and who makes it.
struct Verified {
    signed: Signed,
    identity: Identity,
    visitor: Visitor,
}

/// Returns the page within the theme, as Liquid that Shopify renders between the theme's header and footer. A request
/// without a market gets no content, so that nobody sees another market's prices. The theme's script asks again.
pub(crate) fn page<D: Deployment>(
    deployment: &D,
    target: Target<'_>,
    request: &impl Request,
) -> Result<Reply<D::Value>, Refusal> {
    let Verified { signed, visitor, .. } = verify(deployment, target)?;
    let prefix = signed.prefix.as_ref().map_or(PREFIX, |prefix| prefix.as_str());
    let merchant = deployment.merchant(&visitor.shop).ok_or(Refusal::NoSuchShop)?;
    let home = merchant.url.as_deref().unwrap_or_default();
    let in_theme = InTheme { prefix, home, words: Language::first_of([merchant.language.as_str()]).words() };
    let market = visitor.market();
    if market.country().is_empty() {
        track::refuse_closed(deployment, &visitor)?;
        let empty = respond(headers::empty_in_theme(), Body::Bytes(in_theme.empty().into_bytes()));
        return Ok(Reply { shop: Some(visitor.shop), ..empty.into() });
    }
    let (served, shown) = storefront::show(deployment, &visitor, request, has_fragment)?;
    let (head, tail) = in_theme.around(&market, served.is_generated());
    let response = respond(headers::in_theme(&served), framed(shown, &head, &tail));
    Ok(storefront::reply(visitor.shop, &served, response))
}

/// Returns the content that the theme's block fills itself with.
pub(crate) fn fragment<D: Deployment>(
    deployment: &D,
    target: Target<'_>,
    request: &impl Request,
) -> Result<Reply<D::Value>, Refusal> {
    let visitor = verify(deployment, target)?.visitor;
    let (served, shown) = storefront::show(deployment, &visitor, request, has_fragment)?;
    let beginning = storefront::beginning(deployment, &visitor, &served);
    let head = format!("<style>{THEME_STYLE}</style>{beginning}");
    let response = respond(headers::fragment(&served), framed(shown, &head, END));
    Ok(storefront::reply(visitor.shop, &served, response))
}

/// Returns the status of the shopper's page.
pub(crate) fn status<D: Deployment>(deployment: &D, target: Target<'_>) -> Result<Reply<D::Value>, Refusal> {
    status::unnamed(deployment, &verify(deployment, target)?.visitor, target)
}

/// Adds the shopper's events to their session, if they consented.
pub(crate) fn track<D: Deployment>(
    deployment: &D,
    target: Target<'_>,
    request: &impl Request,
) -> Result<Reply<D::Value>, Refusal> {
    let Verified { identity, visitor, .. } = verify(deployment, target)?;
    let stored = report(deployment, &visitor, &identity, target, request)?;
    Ok(track::tracked(visitor.shop, stored))
}

/// Checks the signature, then reads who makes the request.
fn verify<D: Deployment>(deployment: &D, target: Target<'_>) -> Result<Verified, Refusal> {
    let check = |message: &[u8], mac: &[u8]| deployment.verifies(SECRET, message, mac);
    let signed = Signed::verify(target.query, deployment.now_ms() / 1000, check)?;
    let identity = Identity::of(&signed)?;
    let shop = ShopId::parse(signed.shop.as_str()).map_err(|_| Refusal::NoSuchShop)?;
    let shopper = identity.shopper()?;
    let visitor = match Visitor::of(deployment, shop.clone(), shopper.clone()) {
        Err(Refusal::NoSuchShop) => {
            // Without a record of its domains that can be read, the shop has no other name.
            let other = domains::served_sibling(deployment, &shop).ok().flatten();
            Visitor::of(deployment, other.ok_or(Refusal::NoSuchShop)?, shopper)
        }
        visitor => visitor,
    }?;
    let visitor = visitor.compared(deployment, identity.page()).looking_at(identity.about());
    Ok(Verified { signed, identity, visitor })
}

fn respond<V>(headers: String, body: Body<V>) -> Response<V> {
    Response { status: 200, headers, body }
}

/// Returns whether a page has a fragment. Pages of releases before fragments have none.
fn has_fragment(metadata: &PageMetadata) -> bool {
    !metadata.fragment.is_empty()
}

fn framed<V: Content>(shown: Shown<V>, head: &str, tail: &str) -> Body<V> {
    match shown {
        Shown::Theirs(_, fragment) if fragment.is_empty() => Body::Empty,
        Shown::Theirs(content, Fragment { offset, size }) => {
            let content = content.part(offset.into(), size.into());
            Body::Value(content.framed(head.as_bytes(), tail.as_bytes()))
        }
        Shown::Anybodys(Document { html, fragment }) => {
            let content = html.get(fragment).unwrap_or_default();
            Body::Bytes([head, content, tail].concat().into_bytes())
        }
    }
}

/// Stores the events of a report. Returns how many.
fn report<D: Deployment>(
    deployment: &D,
    visitor: &Visitor,
    identity: &Identity,
    target: Target<'_>,
    request: &impl Request,
) -> Result<usize, Refusal> {
    let signature = signature(target)?;
    let events = Event::parse_all(&track::json_body(request)?)?;
    if visitor.session().is_none() || visitor.paused {
        return Ok(0);
    }
    track::refuse_closed(deployment, visitor)?;
    match first_time(deployment, visitor, &signature) {
        Ok(true) => {
            let Kept { stored, earlier } = keep(deployment, visitor, identity, &events)?;
            if stored > 0 && !admission::is_bot(request) {
                effects::count(deployment, visitor, earlier, &events);
            }
            Ok(stored)
        }
        Ok(false) => Err(Refusal::Replayed),
        // Without a record of the report, its events might be stored twice, so they are dropped.
        Err(_logged) => Ok(0),
    }
}

/// Returns the signature by which a repeated report is recognized. The script draws a nonce for each report, so two
/// reports of the same second have different signatures.
fn signature(target: Target<'_>) -> Result<EventId, Refusal> {
    let _drawn = EventId::parse(&target.required("nonce")?)?;
    Ok(EventId::parse(&target.required("signature")?)?)
}

fn first_time(
    deployment: &(impl Storage + Log),
    visitor: &Visitor,
    signature: &EventId,
) -> Result<bool, Failure> {
    let key = Key::Seen(&visitor.shop, signature);
    let swap = deployment.compare_and_swap(key, None, b"1", SEEN_TTL_SECONDS);
    swap.map(|swap| swap == Swap::Done).inspect_err(|failure| {
        let particulars = [("shop", visitor.shop.as_str()), ("reason", failure.reason())];
        deployment.warn("cannot store signals", &particulars);
    })
}

/// Stores events. A customer's session takes over the signals from before the login in this browser. The visitor's
/// data is then deleted, because without the session nobody could tell whose it was.
fn keep<D: Deployment>(
    deployment: &D,
    visitor: &Visitor,
    identity: &Identity,
    events: &[Event],
) -> Result<Kept, Refusal> {
    let before = identity.before_login();
    let earlier = before.and_then(|earlier| recall(deployment, Key::Session(&visitor.shop, earlier)));
    let kept = track::keep(deployment, visitor, events, earlier.as_ref())?;
    if let (Some(before), Some(_), true) = (before, earlier, kept.stored > 0) {
        effects::hand_over(deployment, &visitor.shop, before, &visitor.person);
        delete_earlier(deployment, &visitor.shop, before);
    }
    Ok(kept)
}

/// Reads a session. An unreadable one is joined at a later report.
fn recall(deployment: &(impl Storage + Clock), key: Key<'_>) -> Option<Session> {
    let found = deployment.read(key, signals::BYTES_MAX).ok()??;
    Some(Session::read(&found.bytes, signals::day_of(deployment.now_ms())))
}

/// Deletes a visitor's data, with one call for each kind: hardly anybody has more pages than one call deletes. The
/// session is deleted even if the rest fails, because it would otherwise be joined a second time.
fn delete_earlier(deployment: &(impl Cache + Queue + Storage + Log), shop: &ShopId, earlier: &ShopperId) {
    let session = Key::Session(shop, earlier);
    let results = [
        deployment.delete_jobs(shop, Some(earlier)).map(|_deleted| ()),
        deployment.delete_pages(shop, Some(earlier)).map(|_deleted| ()),
        deployment.remove(session.store(), &session.to_string()).map(|_removed| ()),
    ];
    for failure in results.into_iter().filter_map(Result::err) {
        let particulars = [("shop", shop.as_str()), ("reason", failure.reason())];
        deployment.warn("cannot delete the data of a visitor who logged in", &particulars);
    }
}
