//! Serves pages: as documents, which Shopify's admin opens, and as parts, which the script of an open page asks for.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode, Uri, header};
use shopify::ShopDomain;

use crate::answers::{to_bounce, unauthorized, was_bounced};
use crate::layout::{Outcome, document, part};
use crate::place::Place;
use crate::refused::{Refused, Why};
use crate::session::{self, Need, Visitor};
use crate::visit::Visit;
use crate::wording::Words;
use crate::{Admin, NotConnected, html, pages, query};

/// Serves a page to a shop's staff.
pub(crate) async fn page(
    place: Place,
    State(admin): State<Arc<Admin>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    let (path, query) = (uri.path().trim_end_matches('/'), uri.query().unwrap_or_default());
    if headers.contains_key(header::AUTHORIZATION) {
        as_part(place, admin, &headers, path, query).await
    } else {
        as_document(place, admin, path, query).await
    }
}

async fn as_part(
    place: Place,
    admin: Arc<Admin>,
    headers: &HeaderMap,
    path: &str,
    query: &str,
) -> Response<Body> {
    let words = query::words(query);
    let caller = match session::of_fetch(&admin, headers, query) {
        Ok(caller) => caller,
        Err(refused) => return unauthorized(&refused, query),
    };
    let visit = Visit { admin, caller, words, path: path.to_owned() };
    connect(&visit).await;
    match pages::body(place, &visit).await {
        Ok(body) => part(&visit, place, StatusCode::OK, Outcome::None, body).await,
        Err(refused) => html::refused(refused.status, &refused.why, words, Some(&visit.caller.domain)),
    }
}

/// Serves a document. Without a valid session token, redirects once to get one.
async fn as_document(place: Place, admin: Arc<Admin>, path: &str, query: &str) -> Response<Body> {
    let (words, was_bounced) = (query::words(query), was_bounced(query, admin.now_s()));
    let bounced =
        |admin: &Admin, shop: &ShopDomain| to_bounce(path, shop, &admin.app.public_url, query, admin.now_s());
    let caller = match session::of_document(&admin, query) {
        Ok(Visitor::Staff(caller)) => caller,
        Ok(Visitor::Unknown(shop, need)) if was_bounced => return refused_after_bounce(&shop, need, words),
        Ok(Visitor::Unknown(shop, _)) => return bounced(&admin, &shop),
        Err(refused) => {
            let shop = query::shop(query).ok();
            return html::refused(refused.status, &refused.why, words, shop.as_ref());
        }
    };
    let visit = Visit { admin, caller, words, path: path.to_owned() };
    if connect(&visit).await == Some(NotConnected::SessionToken) && !was_bounced {
        return bounced(&visit.admin, &visit.caller.domain);
    }
    visit.admin.read_pricing_plan_now(&visit.caller.shop).await;
    match pages::body(place, &visit).await {
        Ok(body) => document(&visit, place, query, body).await,
        Err(Refused { status, why }) => html::refused(status, &why, words, Some(&visit.caller.domain)),
    }
}

/// Connects the shop of a merchant who has the app open. Returns why that did not work; the page says so too.
async fn connect(visit: &Visit) -> Option<NotConnected> {
    let error = visit.admin.connect(&visit.caller.shop, &visit.caller.token.0).await.err()?;
    if error != NotConnected::SessionToken {
        tracing::warn!(shop = %visit.caller.shop, %error, "cannot connect a shop");
    }
    Some(error)
}

/// Refuses a page that still has no valid session token after a bounce.
fn refused_after_bounce(shop: &ShopDomain, need: Need, words: &'static Words) -> Response<Body> {
    let why = match need {
        Need::Missing => Why::NoToken,
        Need::Expired => {
            tracing::warn!(%shop, "new session tokens have expired or are not valid yet: check the clock of this machine");
            Why::Clock
        }
    };
    html::refused(StatusCode::UNAUTHORIZED, &why, words, Some(shop))
}
