//! Routes requests to their handlers.

use routes::{Caller, Format, Method, Route};

use crate::capabilities::{Deployment, Settings, Signatures};
use crate::debug;
use crate::headers::{self, ExtraField};
use crate::http::{Body, Reply, Request, Response};
use crate::pixel;
use crate::proxy;
use crate::refusal::Refusal;
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
    let route = Route::at(target.path);
    let reply = answer(deployment, method, route, target, request)
        .unwrap_or_else(|refusal| refusal.response(Format::of(target.path)).into());
    Reply { route, ..reply }
}

fn answer<D: Deployment>(
    deployment: &D,
    method: Method,
    route: Option<Route>,
    target: Target<'_>,
    request: &impl Request,
) -> Result<Reply<D::Value>, Refusal> {
    let route = route.filter(|route| is_there(deployment, *route, request)).ok_or(Refusal::NothingHere)?;
    let methods = route.rule().methods;
    if !methods.includes(method) {
        return Err(Refusal::Method(methods));
    }
    let reply = match route {
        Route::Page => storefront::page(deployment, target, request)?,
        Route::Status => status::status(deployment, target)?,
        Route::Track => track::track(deployment, request)?,
        Route::ProxyPage => proxy::page(deployment, target, request)?,
        Route::ProxyFragment => proxy::fragment(deployment, target, request)?,
        Route::ProxyStatus => proxy::status(deployment, target)?,
        Route::ProxyTrack => proxy::track(deployment, target, request)?,
        Route::Facts => storefront::facts(deployment, target)?,
        Route::Pixel => pixel::report(deployment, request)?,
        Route::Webhooks => webhooks::receive(deployment, request)?.into(),
        Route::Home => home(deployment)?.into(),
        Route::DebugGenerate => debug::generate(deployment, target)?.into(),
        Route::DebugErrors => debug::errors(deployment, target)?.into(),
        Route::DebugPool => debug::pool(deployment)?.into(),
        Route::DebugCatalogChanged => debug::bump_catalog_version(deployment, target)?.into(),
        Route::DebugReopen => debug::reopen(deployment, target)?.into(),
    };
    let may_have_enqueued = reply.may_have_enqueued || methods.includes(Method::Post);
    Ok(Reply { may_have_enqueued, ..reply })
}

/// Returns whether a route exists for this request. Routes that are not open to the public do not exist for it,
/// because a 401 would reveal that there is something to guess.
fn is_there(deployment: &(impl Settings + Signatures), route: Route, request: &impl Request) -> bool {
    match route.rule().caller {
        // Routes that Shopify signs check its signature themselves.
        Caller::Shopper | Caller::Shopify => true,
        Caller::Developer => deployment.development(),
        Caller::Operator => deployment.development() || is_operator(deployment, request),
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
