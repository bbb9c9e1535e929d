//! The routes below `/admin`.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::routing::{get, post};
use model::shop::Choices;
use model::{Cause, EventId, Persona};
use shopify::ShopDomain;

use crate::advice::advice;
use crate::answers::{Refused, asset, download, is_ours, to_bounce, was_bounced};
use crate::choices;
use crate::form::Form;
use crate::pages::{self, Bounce, Figured, Main, Nothing, Outcome, Page, Policy, ago};
use crate::query;
use crate::saving::{Saved, save_choices};
use crate::session::{self, Caller, Need, Visitor};
use crate::worth::{COST_DAYS, Worth};
use crate::{Admin, Effects, Made, NotConnected};

const STYLE: &str = include_str!("../assets/admin.css");
const SCRIPT: &str = include_str!("../assets/admin.js");
/// The maximum size of a form; every acceptable form is smaller.
const FORM_BYTES_MAX: usize = 32 * 1024;
/// Returns the routes, relative to the host's root.
pub fn router(admin: Arc<Admin>) -> Router {
    Router::new()
        .route("/admin", get(page))
        .route("/admin/", get(page))
        .route("/admin/session", get(bounce))
        .route("/admin/settings", post(save))
        .route("/admin/preview/{persona}", get(preview))
        .route("/admin/reports/{id}", get(report))
        .route("/admin/assets/admin.css", get(|| async { asset("text/css; charset=utf-8", STYLE) }))
        .route("/admin/assets/admin.js", get(|| async { asset("text/javascript; charset=utf-8", SCRIPT) }))
        .fallback(|| async { pages::refused(StatusCode::NOT_FOUND, "there is no such page", None) })
        .method_not_allowed_fallback(|| async {
            pages::refused(StatusCode::METHOD_NOT_ALLOWED, "this address does not accept this method", None)
        })
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .with_state(admin)
}

/// Serves the page to a shop's staff. Without a valid session token, redirects once to get one.
async fn page(State(admin): State<Arc<Admin>>, RawQuery(query): RawQuery) -> Response<Body> {
    let query = query.unwrap_or_default();
    let was_bounced = was_bounced(&query, admin.now_s());
    let caller = match session::of_document(&admin, &query) {
        Ok(Visitor::Staff(caller)) => caller,
        Ok(Visitor::Unknown(shop, need)) if was_bounced => return refused_after_bounce(&shop, need),
        Ok(Visitor::Unknown(shop, _)) => return bounced(&admin, &shop, &query),
        Err(refused) => {
            let shop = query::shop(&query).ok();
            return pages::refused(refused.status, &refused.why, shop.as_ref());
        }
    };
    match admin.connect(&caller.shop, &caller.token.0).await {
        Err(NotConnected::SessionToken) if !was_bounced => return bounced(&admin, &caller.domain, &query),
        Err(error) => tracing::warn!(shop = %caller.shop, %error, "cannot connect a shop"),
        Ok(()) => {}
    }
    match form(&admin, &caller).await {
        Ok(form) => {
            let main = main(&admin, &caller, form, Outcome::None).await;
            document(&admin, &caller, main)
        }
        Err(refused) => pages::refused(refused.status, &refused.why, Some(&caller.domain)),
    }
}

fn bounced(admin: &Admin, shop: &ShopDomain, query: &str) -> Response<Body> {
    to_bounce(shop, &admin.app.public_url, query, admin.now_s())
}

/// Refuses a page that still has no valid session token after a bounce.
fn refused_after_bounce(shop: &ShopDomain, need: Need) -> Response<Body> {
    let why = match need {
        Need::Missing => "Shopify sent no session token, and a second attempt did not help",
        Need::Expired => {
            tracing::warn!(%shop, "new session tokens have expired or are not valid yet: check the clock of this machine");
            "the session token has expired or is not valid yet, and a new one did not help: check the clock of the \
             machine that runs Wandstore"
        }
    };
    pages::refused(StatusCode::UNAUTHORIZED, why, Some(shop))
}

/// Serves the page from which App Bridge reloads the original page with a session token.
async fn bounce(State(admin): State<Arc<Admin>>, RawQuery(query): RawQuery) -> Response<Body> {
    let query = query.unwrap_or_default();
    let shop = match query::shop(&query).map_err(Refused::from) {
        Ok(shop) => shop,
        Err(refused) => return pages::refused(refused.status, &refused.why, None),
    };
    let again = query::parameter(&query, "shopify-reload").unwrap_or_default();
    // App Bridge sends a session token to this address.
    if !is_ours(&again, &admin.app.public_url) {
        return pages::refused(StatusCode::BAD_REQUEST, "the address to return to is invalid", Some(&shop));
    }
    let page = Bounce { key: &admin.app.key };
    shown(&admin, &shop, StatusCode::OK, page.render())
}

/// Saves the merchant's choices and applies them to the shop.
async fn save(State(admin): State<Arc<Admin>>, caller: Caller, body: Bytes) -> Response<Body> {
    let (status, form, outcome) = match Form::read(&body) {
        Err(form) => (StatusCode::UNPROCESSABLE_ENTITY, *form, Outcome::Invalid),
        Ok(choices) => {
            let (status, outcome) = saved(&caller, save_choices(&admin, &caller.shop, &choices).await);
            (status, Form::of(&choices), outcome)
        }
    };
    let main = main(&admin, &caller, form, outcome).await;
    shown(&admin, &caller.domain, status, main.render())
}

/// Converts the result of saving for the page, and logs it.
fn saved(caller: &Caller, result: Result<Saved, NotConnected>) -> (StatusCode, Outcome) {
    let shop = &caller.shop;
    match result {
        Ok(saved) => {
            tracing::info!(%shop, "a merchant saved settings");
            let outcome = match saved {
                Saved::ForAllPages => Outcome::Saved,
                Saved::ForNewPages => Outcome::SavedForNewPages,
            };
            (StatusCode::OK, outcome)
        }
        Err(why @ (NotConnected::Unavailable(_) | NotConnected::Host(_))) => {
            tracing::warn!(%shop, %why, "cannot save a shop's settings");
            (StatusCode::SERVICE_UNAVAILABLE, Outcome::Failed)
        }
        Err(why) => {
            tracing::info!(%shop, %why, "cannot save a shop's settings");
            (StatusCode::CONFLICT, Outcome::NotConnected)
        }
    }
}

/// Serves a page as a shopper with that persona sees it.
async fn preview(
    State(admin): State<Arc<Admin>>,
    caller: Caller,
    Path(persona): Path<String>,
) -> Response<Body> {
    let Some(persona) = Persona::named(&persona) else {
        return pages::refused(StatusCode::NOT_FOUND, "there is no such persona", Some(&caller.domain));
    };
    let (html, made) = match admin.storefronts.preview(&caller.shop, persona).await {
        Ok(preview) => (preview.html, preview.made),
        Err(error) => {
            tracing::warn!(shop = %caller.shop, %error, "cannot render a preview");
            (Nothing.render().unwrap_or_default(), Made::Never)
        }
    };
    let origin = admin.app.origin.as_deref();
    let mut response = pages::html(StatusCode::OK, Some(&caller.domain), origin, Policy::Sandbox, html);
    let generated = match made {
        Made::Now => "true",
        Made::Before => "before",
        Made::Never => "false",
    };
    response.headers_mut().insert("x-generated", HeaderValue::from_static(generated));
    response
}

/// Serves a report on a customer, for the merchant to keep or forward.
async fn report(State(admin): State<Arc<Admin>>, caller: Caller, Path(id): Path<String>) -> Response<Body> {
    let shop = Some(&caller.domain);
    let Ok(id) = EventId::parse(&id) else {
        return pages::refused(StatusCode::NOT_FOUND, "there is no such report", shop);
    };
    match admin.storefronts.report(&caller.shop, &id).await {
        Ok(Some(report)) => download(report),
        Ok(None) => pages::refused(StatusCode::NOT_FOUND, "there is no such report", shop),
        Err(error) => {
            tracing::warn!(shop = %caller.shop, %error, "cannot read a report");
            pages::refused(StatusCode::SERVICE_UNAVAILABLE, "the report cannot be read at the moment", shop)
        }
    }
}

/// Returns the form with the shop's current settings.
async fn form(admin: &Admin, caller: &Caller) -> Result<Form, Refused> {
    let shop = choices::shop(&caller.shop, &*admin.storefronts, admin.installations()).await;
    shop.map(|shop| Form::of(&Choices::of(shop))).map_err(|error| {
        tracing::warn!(shop = %caller.shop, %error, "cannot read a shop's settings");
        let why = "the settings cannot be read at the moment".to_owned();
        Refused { status: StatusCode::SERVICE_UNAVAILABLE, why }
    })
}

/// Returns the part of the page that can change. Omits data that cannot be read.
async fn main<'a>(admin: &Admin, caller: &'a Caller, form: Form, outcome: Outcome) -> Main<'a> {
    let trouble = admin.status(&caller.shop).await.err().map(|error| advice(&error));
    let model_trouble = admin.storefronts.model_trouble(&caller.shop).map(Cause::meaning);
    let usage = admin.shops.usage.last_24_hours(&caller.shop).await.ok().map(Into::into);
    let reports = admin.storefronts.reports(&caller.shop).await.unwrap_or_default();
    let effects = admin.storefronts.effects(&caller.shop).await;
    let effects = effects.inspect_err(|error| {
        tracing::warn!(shop = %caller.shop, %error, "cannot read what personal pages change");
    });
    let effects = effects.ok();
    let worth = match &effects {
        Some(effects) => worth(admin, caller, effects).await,
        None => None,
    };
    let now_ms = admin.clock.now_ms();
    let line = |report: &crate::Report| {
        let made = report.made_ms.map(|made_ms| ago(now_ms, made_ms));
        (report.id.to_string(), made.unwrap_or_default())
    };
    let reports = reports.iter().map(line).collect();
    let shop = caller.domain.as_str();
    Main {
        shop,
        trouble,
        model_trouble,
        outcome,
        form,
        usage,
        effects: effects.map(|effects| effects.report),
        worth,
        reports,
    }
}

/// Returns what pages cost and are worth, with costs as far as they can be read.
async fn worth(admin: &Admin, caller: &Caller, effects: &Effects) -> Option<Figured> {
    let costs = admin.shops.usage.by_day(&caller.shop, COST_DAYS).await;
    let costs =
        costs.inspect_err(|error| tracing::warn!(shop = %caller.shop, %error, "cannot read what pages cost"));
    let Effects { report, sums, sales } = effects;
    let worth = Worth::of(report, sums, sales, &costs.unwrap_or_default());
    (!worth.days.is_empty()).then(|| worth.into())
}

fn document(admin: &Admin, caller: &Caller, main: Main<'_>) -> Response<Body> {
    shown(admin, &caller.domain, StatusCode::OK, Page { key: &admin.app.key, main }.render())
}

fn shown(
    admin: &Admin,
    shop: &ShopDomain,
    status: StatusCode,
    page: Result<String, askama::Error>,
) -> Response<Body> {
    match page {
        Ok(html) => pages::html(status, Some(shop), admin.app.origin.as_deref(), Policy::Scripts, html),
        Err(error) => {
            tracing::error!(%error, "cannot render a page");
            pages::refused(StatusCode::INTERNAL_SERVER_ERROR, "the page cannot be shown", Some(shop))
        }
    }
}
