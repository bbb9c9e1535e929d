//! Routes requests to their handlers.

use crate::capabilities::{Deployment, Settings, Signatures};
use crate::debug;
use crate::headers::{self, ExtraField};
use crate::http::{Body, Method, Reply, Request, Response};
use crate::proxy;
use crate::refusal::Refusal;
use crate::route::{Endpoint, Format};
use crate::status;
use crate::storefront;
use crate::target::Target;
use crate::track;
use crate::webhooks;

/// The secret that opens the operator's routes.
const DEBUG_TOKEN: &str = "DEBUG_TOKEN";

/// Answers a request. `target` is the unchanged path and query (RFC 9112, origin-form).
pub fn handle<D: Deployment>(
    deployment: &D,
    method: Method,
    target: &str,
    request: &impl Request,
) -> Reply<D::Value> {
    let target = Target::new(target);
    answer(deployment, method, target, request)
        .unwrap_or_else(|refusal| Reply::Ready(refusal.response(Format::of(target.path))))
}

fn answer<D: Deployment>(
    deployment: &D,
    method: Method,
    target: Target<'_>,
    request: &impl Request,
) -> Result<Reply<D::Value>, Refusal> {
    let endpoint = Endpoint::at(target.path).ok_or(Refusal::NothingHere)?;
    if !is_there(deployment, endpoint, request) {
        return Err(Refusal::NothingHere);
    }
    if !endpoint.allowed().includes(method) {
        return Err(Refusal::Method(endpoint.allowed()));
    }
    let response = match endpoint {
        Endpoint::Status => return status::status(deployment, target),
        Endpoint::InShop(place) => return proxy::answer(deployment, place, target, request),
        Endpoint::Webhooks => webhooks::receive(deployment, request)?,
        Endpoint::Home => home(deployment)?,
        Endpoint::Storefront(shop) => storefront::page(deployment, shop, target)?,
        Endpoint::Track => track::track(deployment, request)?,
        Endpoint::Generate => debug::generate(deployment, target)?,
        Endpoint::Errors => debug::errors(deployment, target)?,
        Endpoint::Pool => debug::pool(deployment)?,
        Endpoint::CatalogChanged => debug::bump_catalog_version(deployment, target)?,
        Endpoint::Reopen => debug::reopen(deployment, target)?,
    };
    Ok(Reply::Ready(response))
}

/// Returns whether an endpoint exists for this request. Endpoints that are not open to strangers do not exist
/// for them, because a 401 would reveal that there is something to guess.
fn is_there(
    deployment: &(impl Settings + Signatures),
    endpoint: Endpoint<'_>,
    request: &impl Request,
) -> bool {
    match endpoint {
        // The last two check Shopify's signature themselves.
        Endpoint::Storefront(_)
        | Endpoint::Status
        | Endpoint::Track
        | Endpoint::InShop(_)
        | Endpoint::Webhooks => true,
        Endpoint::Home => deployment.development(),
        Endpoint::Generate
        | Endpoint::Errors
        | Endpoint::Pool
        | Endpoint::CatalogChanged
        | Endpoint::Reopen => deployment.development() || is_operator(deployment, request),
    }
}

/// Returns whether a request carries the operator's bearer token (RFC 6750, section 2.1).
fn is_operator(signatures: &impl Signatures, request: &impl Request) -> bool {
    let authorization = request.header("authorization").unwrap_or_default();
    let Some((scheme, token)) = authorization.split_once(' ') else { return false };
    let token = token.trim();
    scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && signatures.matches(DEBUG_TOKEN, token)
}

/// Redirects a developer who just started the demo to its first page.
fn home<V>(settings: &impl Settings) -> Result<Response<V>, Refusal> {
    let shop = settings.first_shop().ok_or(Refusal::NothingHere)?;
    let location = format!("/s/{shop}?shopper=demo");
    let headers = headers::notice(Format::Text, ExtraField::Location(&location));
    Ok(Response { status: 302, headers, body: Body::Empty })
}
