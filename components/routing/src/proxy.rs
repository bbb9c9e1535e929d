//! `/proxy…`: what Shopify forwards from a shop's own address, such as `https://wands.example/apps/wand`.
//!
//! Shopify signs the query, and nothing else: who is asking, and of which shop, follows from the query alone.
//! A request to read may be repeated for as long as its signature holds, since it changes nothing that a second
//! one would change again; a report may not.

use names::{EventId, Key, ShopperId, StoreId};
use page::{Document, THEME_STYLE};
use shopify::proxy::Signed;

use crate::capabilities::{
    Cache, Clock, Content, Deployment, Failure, Log, PageMetadata, Queue, Signatures, Storage, Swap,
};
use crate::domains;
use crate::events::Event;
use crate::headers;
use crate::http::{Body, Reply, Request, Response};
use crate::identity::Identity;
use crate::in_theme::InTheme;
use crate::refusal::Refusal;
use crate::route::InShop;
use crate::signals::{self, Signals};
use crate::status;
use crate::storefront::{self, Shown};
use crate::target::Target;
use crate::track;
use crate::visitor::Visitor;

/// The secret of the app, by which Shopify signs.
pub(crate) const SECRET: &str = "SHOPIFY_API_SECRET";
/// Where the theme's script is told that it is, unless the merchant renamed it.
const PREFIX: &str = "/apps/wand";
/// What ends a fragment: without it, the fragment did not arrive whole.
const END: &str = "<template data-wand-end></template>";
/// How long a report is known again: longer than its signature can hold, which may be from a clock that is ahead.
const SEEN_TTL_SECONDS: u32 = 2 * WINDOW_SECONDS + 1;
#[expect(clippy::cast_possible_truncation, reason = "it is a minute and a half")]
const WINDOW_SECONDS: u32 = shopify::WINDOW_S as u32;

/// Answers a request that Shopify signed.
pub(crate) fn answer<D: Deployment>(
    deployment: &D,
    place: InShop,
    target: Target<'_>,
    request: &impl Request,
) -> Result<Reply<D::Value>, Refusal> {
    let signed = verify(deployment, target)?;
    let identity = Identity::of(&signed)?;
    // If the domain record cannot be read, the shop is taken under the name it was asked by.
    let store = StoreId::parse(signed.shop.as_str()).map_err(|_| Refusal::NoSuchStore)?;
    let store = domains::served_as(deployment, store.clone()).unwrap_or(store);
    let visitor = Visitor::of(deployment, store.as_str(), identity.shopper()?)?;
    let response = match place {
        InShop::Page => page(deployment, &visitor, &signed)?,
        InShop::Fragment => fragment(deployment, &visitor)?,
        InShop::Status => return status::unnamed(deployment, &visitor, target),
        InShop::Track => report(deployment, &visitor, &identity, target, request)?,
    };
    Ok(Reply::Ready(response))
}

fn verify(deployment: &(impl Clock + Signatures), target: Target<'_>) -> Result<Signed, Refusal> {
    let check = |message: &[u8], mac: &[u8]| deployment.verifies(SECRET, message, mac);
    Ok(Signed::verify(target.query, deployment.now_ms() / 1000, check)?)
}

/// The page within the theme: Shopify renders it as Liquid between the theme's header and footer. A request that
/// names no market gets no content, so that nobody sees prices of another: the theme's script asks again.
fn page<D: Deployment>(
    deployment: &D,
    visitor: &Visitor,
    signed: &Signed,
) -> Result<Response<D::Value>, Refusal> {
    let prefix = signed.prefix.as_ref().map_or(PREFIX, |prefix| prefix.as_str());
    let merchant = deployment.merchant(&visitor.store).ok_or(Refusal::NoSuchStore)?;
    let in_theme = InTheme { prefix, home: &merchant.url };
    let market = visitor.market();
    if market.country().is_empty() {
        track::refuse_closed(deployment, visitor)?;
        return Ok(respond(headers::empty_in_theme(), Body::Bytes(in_theme.empty().into_bytes())));
    }
    let (served, shown) = storefront::show(deployment, visitor, has_fragment)?;
    let (head, tail) = in_theme.around(&market, served.is_generated());
    Ok(respond(headers::in_theme(served), framed(shown, &head, &tail)))
}

/// The content, for the theme's block to fill itself with.
fn fragment<D: Deployment>(deployment: &D, visitor: &Visitor) -> Result<Response<D::Value>, Refusal> {
    let (served, shown) = storefront::show(deployment, visitor, has_fragment)?;
    let head = format!("<style>{THEME_STYLE}</style>");
    Ok(respond(headers::fragment(served), framed(shown, &head, END)))
}

fn respond<V>(headers: String, body: Body<V>) -> Response<V> {
    Response { status: 200, headers, body }
}

/// A page from before there were fragments has none.
fn has_fragment(metadata: &PageMetadata) -> bool {
    metadata.fragment.is_some()
}

fn framed<V: Content>(shown: Shown<V>, head: &str, tail: &str) -> Body<V> {
    match shown {
        Shown::Theirs(page) => match page.metadata.fragment {
            Some(part) => {
                let content = page.content.part(part.offset.into(), part.size.into());
                Body::Value(content.framed(head.as_bytes(), tail.as_bytes()))
            }
            None => Body::Empty,
        },
        Shown::Anybodys(Document { html, fragment }) => {
            let content = html.get(fragment).unwrap_or_default();
            Body::Bytes([head, content, tail].concat().into_bytes())
        }
    }
}

/// What the shopper did goes into their session, if they agreed to that.
fn report<D: Deployment>(
    deployment: &D,
    visitor: &Visitor,
    identity: &Identity,
    target: Target<'_>,
    request: &impl Request,
) -> Result<Response<D::Value>, Refusal> {
    let signature = signature(target)?;
    let events = Event::parse_all(&track::json_body(request)?)?;
    if visitor.session().is_none() || visitor.paused {
        return Ok(track::tracked(0));
    }
    track::refuse_closed(deployment, visitor)?;
    match first_time(deployment, visitor, &signature) {
        Ok(true) => {}
        Ok(false) => return Err(Refusal::Replayed),
        // Nothing that could be stored twice is stored.
        Err(_logged) => return Ok(track::tracked(0)),
    }
    Ok(track::tracked(keep(deployment, visitor, identity, &events)))
}

/// By what a report is known again. The script draws a nonce for each, so that no two of the same second have
/// the same signature.
fn signature(target: Target<'_>) -> Result<EventId, Refusal> {
    let _drawn = EventId::parse(&target.required("nonce")?)?;
    Ok(EventId::parse(&target.required("signature")?)?)
}

fn first_time(
    deployment: &(impl Storage + Log),
    visitor: &Visitor,
    signature: &EventId,
) -> Result<bool, Failure> {
    let key = Key::Seen(&visitor.store, signature);
    let swap = deployment.compare_and_swap(key, None, b"1", SEEN_TTL_SECONDS);
    swap.map(|swap| swap == Swap::Done).inspect_err(|Failure(reason)| {
        let particulars = [("store", visitor.store.as_str()), ("reason", reason.as_str())];
        deployment.warn("signals were not stored", &particulars);
    })
}

/// Stores events. What a customer did in this browser before they logged in becomes theirs, and nothing is kept
/// as a visitor's any longer: once the session is gone, nobody could tell whose the rest was.
fn keep<D: Deployment>(deployment: &D, visitor: &Visitor, identity: &Identity, events: &[Event]) -> usize {
    let before = identity.before_login();
    let earlier = before.and_then(|earlier| recall(deployment, Key::Session(&visitor.store, earlier)));
    let stored = track::keep(deployment, visitor, events, earlier.as_ref());
    if let (Some(before), Some(_), true) = (before, earlier, stored > 0) {
        forget(deployment, &visitor.store, before);
    }
    stored
}

/// A session that cannot be read is joined at another time.
fn recall(deployment: &impl Storage, key: Key<'_>) -> Option<Signals> {
    let found = deployment.read(key, signals::BYTES_MAX).ok()??;
    Some(Signals::decode(&found.bytes))
}

/// Forgets a visitor, by one call for each kind of thing: hardly anybody has more pages than that takes. The
/// session goes whatever becomes of the rest, since it would be joined a second time.
fn forget(deployment: &(impl Cache + Queue + Storage + Log), store: &StoreId, earlier: &ShopperId) {
    let session = Key::Session(store, earlier);
    let results = [
        deployment.forget_jobs(store, Some(earlier)).map(|_forgotten| ()),
        deployment.forget_pages(store, Some(earlier)).map(|_forgotten| ()),
        deployment.remove(session.store(), &session.to_string()).map(|_removed| ()),
    ];
    for Failure(reason) in results.into_iter().filter_map(Result::err) {
        let particulars = [("store", store.as_str()), ("reason", reason.as_str())];
        deployment.warn("what is kept of a visitor who logged in could not be forgotten", &particulars);
    }
}
