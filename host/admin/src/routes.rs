//! The routes below `/admin`.

use std::sync::Arc;

use askama::Template as _;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::routing::{get, post};
use model::{EventId, Persona};

use crate::answers::{asset, download, is_ours};
use crate::documents::page;
use crate::html::{self, Bounce, Nothing, Policy};
use crate::pages::{Brand, Comparison, Content, Settings, decide, products, table, why};
use crate::place::Place;
use crate::posting::save;
use crate::refused::{Refused, Why};
use crate::session::Caller;
use crate::visit::Visit;
use crate::{Admin, Made, query, sidekick};

const STYLE: &str = include_str!("../assets/admin.css");
const SCRIPT: &str = include_str!("../assets/admin.js");
/// The maximum size of a form. Every acceptable form is far smaller; a longer one gets its errors beside its fields.
const FORM_BYTES_MAX: usize = 256 * 1024;

/// Returns the routes, relative to the host's root.
pub fn router(admin: Arc<Admin>) -> Router {
    let pages = Place::all().fold(Router::new(), |router, place| {
        router.route(place.path(), get(move |admin, uri, headers| page(place, admin, uri, headers)))
    });
    pages
        .route("/admin/", get(|admin, uri, headers| page(Place::Home, admin, uri, headers)))
        .route(
            &format!("{}/{{audience}}", Place::Approval.path()),
            get(|admin, uri, headers| page(Place::Approval, admin, uri, headers)).post(decide),
        )
        .route(Place::Pages.path(), post(save::<Content>))
        .route(Place::Experiments.path(), post(save::<Comparison>))
        .route(Comparison::CSV, get(table))
        .route(Place::Brand.path(), post(save::<Brand>))
        .route(Place::Settings.path(), post(save::<Settings>))
        .route("/admin/session", get(bounce))
        .route("/admin/parts/products", get(products))
        .route("/admin/preview/{persona}", get(preview))
        .route("/admin/reports/{id}", get(report))
        .route("/admin/scopes", post(scopes))
        .route("/admin/why", get(why))
        .route("/admin/sidekick/{tool}", get(sidekick::answer).options(sidekick::allow))
        .route("/admin/assets/admin.css", get(|| async { asset("text/css; charset=utf-8", STYLE) }))
        .route("/admin/assets/admin.js", get(|| async { asset("text/javascript; charset=utf-8", SCRIPT) }))
        .fallback(|query| async { nowhere(query, StatusCode::NOT_FOUND, &Why::NoPage) })
        .method_not_allowed_fallback(|query| async {
            nowhere(query, StatusCode::METHOD_NOT_ALLOWED, &Why::NoMethod)
        })
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .with_state(admin)
}

/// Takes up scopes that the merchant granted while the app is open.
async fn scopes(State(admin): State<Arc<Admin>>, caller: Caller) -> StatusCode {
    let renewed = admin.renew_scopes(&caller.shop, &caller.token.0).await;
    match renewed {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(error) => {
            tracing::warn!(shop = %caller.shop, %error, "cannot take up scopes that a merchant granted");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

fn nowhere(RawQuery(query): RawQuery, status: StatusCode, why: &Why) -> Response<Body> {
    html::refused(status, why, query::words(&query.unwrap_or_default()), None)
}

/// Serves the page from which App Bridge reloads the original page with a session token.
async fn bounce(State(admin): State<Arc<Admin>>, RawQuery(query): RawQuery) -> Response<Body> {
    let query = query.unwrap_or_default();
    let words = query::words(&query);
    let shop = match query::shop(&query).map_err(Refused::from) {
        Ok(shop) => shop,
        Err(refused) => return html::refused(refused.status, &refused.why, words, None),
    };
    let again = query::parameter(&query, "shopify-reload").unwrap_or_default();
    // App Bridge sends a session token to this address.
    if !is_ours(&again, &admin.app.public_url) {
        return html::refused(StatusCode::BAD_REQUEST, &Why::Return, words, Some(&shop));
    }
    match (Bounce { key: &admin.app.key, words }).render() {
        Ok(page) => {
            html::html(StatusCode::OK, Some(&shop), admin.app.origin.as_deref(), Policy::Scripts, page)
        }
        Err(_) => html::refused(StatusCode::INTERNAL_SERVER_ERROR, &Why::Render, words, Some(&shop)),
    }
}

/// Serves a page as a shopper with that persona sees it.
async fn preview(visit: Visit, Path(persona): Path<String>) -> Response<Body> {
    let Visit { admin, caller, words, .. } = visit;
    let Some(persona) = Persona::named(&persona) else {
        return html::refused(StatusCode::NOT_FOUND, &Why::NoPersona, words, Some(&caller.domain));
    };
    let (status, html, made) = match admin.storefronts.preview(&caller.shop, persona).await {
        Ok(preview) => {
            let is_empty = matches!(admin.storefronts.products(&caller.shop).await, Ok(0));
            (StatusCode::OK, preview.html, (!is_empty).then_some(preview.made))
        }
        Err(error) => {
            tracing::warn!(shop = %caller.shop, %error, "cannot render a preview");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                Nothing { words }.render().unwrap_or_default(),
                Some(Made::Never),
            )
        }
    };
    let origin = admin.app.origin.as_deref();
    let mut response = html::html(status, Some(&caller.domain), origin, Policy::Sandbox, html);
    let generated = match made {
        Some(Made::Now) => "true",
        Some(Made::Before) => "before",
        Some(Made::Never) => "false",
        // The shop has no products.
        None => "empty",
    };
    response.headers_mut().insert("x-generated", HeaderValue::from_static(generated));
    response
}

/// Serves a report on a customer, for the merchant to keep or forward.
async fn report(visit: Visit, Path(id): Path<String>) -> Response<Body> {
    let Visit { admin, caller, words, .. } = visit;
    let refused = |status, why| html::refused(status, &why, words, Some(&caller.domain));
    let Ok(id) = EventId::parse(&id) else { return refused(StatusCode::NOT_FOUND, Why::NoReport) };
    match admin.storefronts.report(&caller.shop, &id).await {
        Ok(Some(report)) => download(report),
        Ok(None) => refused(StatusCode::NOT_FOUND, Why::NoReport),
        Err(error) => {
            tracing::warn!(shop = %caller.shop, %error, "cannot read a report");
            refused(StatusCode::SERVICE_UNAVAILABLE, Why::Report)
        }
    }
}
