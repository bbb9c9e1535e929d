//! Who is asking: a member of a shop's staff, by a session token of Shopify's, or nobody.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Response, StatusCode, header};
use names::StoreId;
use shopify::oauth::Launch;
use shopify::session_token::{self, Error};
use shopify::{Rejection, ShopDomain};

use crate::Admin;
use crate::answers::unauthorized;

/// Parameters that decide who is asking: each may be there once only.
const RESERVED: [&str; 6] = ["shop", "host", "hmac", "id_token", "timestamp", "signature"];

/// A member of a shop's staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The shop. Nothing of another is within reach.
    pub shop: ShopDomain,
    /// It again, as the rest of the program names it.
    pub store: StoreId,
    /// The token, as it was sent: worth tokens of the shop for the minute that it lives.
    pub token: Token,
}

/// A session token, which must not be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(pub String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Who asks for a document.
#[derive(Debug, PartialEq, Eq)]
pub enum Visitor {
    /// Staff.
    Staff(Caller),
    /// Perhaps staff of that shop: App Bridge has to bring a token, for this reason.
    Unknown(ShopDomain, Need),
}

/// Why App Bridge has to bring a session token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// There is none.
    Missing,
    /// The one that is there is not of this time.
    Expired,
}

/// What whoever reads a refusal can do about a signature that is not right. It is the same for a forger and for the
/// merchant of an app whose secret was mistyped.
const WRONG_SECRET: &str = "what Shopify signed does not fit the secret that Wandstore knows. If you opened this page in \
    Shopify’s admin, whoever runs Wandstore has to correct SHOPIFY_API_SECRET: it is not the client secret of this app";
/// Likewise of a client id.
const WRONG_KEY: &str = "the session token is for another app. If you opened this page in Shopify’s admin, whoever runs \
    Wandstore has to correct SHOPIFY_API_KEY: it is not the client id of this app";

/// A request that is refused. The text is fit for whoever sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The status of the answer.
    pub status: StatusCode,
    /// Why.
    pub why: String,
}

impl Refused {
    fn new(status: StatusCode, why: impl Into<String>) -> Self {
        Self { status, why: why.into() }
    }
}

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        let status = StatusCode::from_u16(rejection.status()).unwrap_or(StatusCode::BAD_REQUEST);
        Self::new(status, rejection.to_string())
    }
}

/// Who asks for a document, by the query of its address.
pub fn of_document(admin: &Admin, query: &str) -> Result<Visitor, Refused> {
    let shop = shop(query)?;
    check_launch(admin, query)?;
    let Some(token) = parameter(query, "id_token") else {
        return Ok(Visitor::Unknown(shop, Need::Missing));
    };
    match caller(admin, &token) {
        Ok(caller) if caller.shop == shop => Ok(Visitor::Staff(caller)),
        Ok(_) => Err(of_another_shop()),
        Err(Error::Expired) => Ok(Visitor::Unknown(shop, Need::Expired)),
        Err(error) => Err(unauthenticated(admin, error)),
    }
}

/// A route that takes a caller takes no request that is not staff's.
impl FromRequestParts<Arc<Admin>> for Caller {
    type Rejection = Response<Body>;

    async fn from_request_parts(parts: &mut Parts, admin: &Arc<Admin>) -> Result<Self, Response<Body>> {
        of_fetch(admin, &parts.headers, parts.uri.query().unwrap_or_default())
            .map_err(|refused| unauthorized(&refused))
    }
}

/// Who sends a request that is no document, by its `Authorization`.
fn of_fetch(admin: &Admin, headers: &HeaderMap, query: &str) -> Result<Caller, Refused> {
    check_once(query)?;
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (values.next(), values.next()) else {
        return Err(unauthenticated(admin, Error::Malformed));
    };
    let value = value.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let caller = session_token::bearer(value).and_then(|token| caller(admin, token));
    let caller = caller.map_err(|error| unauthenticated(admin, error))?;
    match parameter(query, "shop") {
        Some(_) if shop(query)? != caller.shop => Err(of_another_shop()),
        _ => Ok(caller),
    }
}

/// The shop that a query names, if it can be one, and if nothing in it is said twice.
pub fn shop(query: &str) -> Result<ShopDomain, Refused> {
    check_once(query)?;
    let named = parameter(query, "shop").ok_or(Rejection::Malformed("shop"))?;
    let shop = ShopDomain::parse(&named).map_err(|_| Rejection::NotAShop)?;
    StoreId::parse(shop.as_str()).map_err(|_| Rejection::NotAShop)?;
    Ok(shop)
}

/// A parameter of a query, if it is there and not empty.
pub fn parameter(query: &str, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let value = pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    value.filter(|value| !value.is_empty())
}

fn caller(admin: &Admin, token: &str) -> Result<Caller, Error> {
    let check = |message: &[u8], mac: &[u8]| admin.signed(message, mac);
    let session = session_token::verify(token, &admin.app.key, admin.now_s(), check)?;
    let store = StoreId::parse(session.shop.as_str()).map_err(|_| Error::Issuer)?;
    Ok(Caller { shop: session.shop, store, token: Token(token.to_owned()) })
}

/// Where Shopify signed the address, the signature has to be right. That it may be old does not matter: the
/// session token says who is there now.
fn check_launch(admin: &Admin, query: &str) -> Result<(), Refused> {
    if parameter(query, "hmac").is_none() {
        return Ok(());
    }
    match Launch::verify(query, admin.now_s(), |message, mac| admin.signed(message, mac)) {
        Ok(_) | Err(Rejection::Expired) => Ok(()),
        Err(Rejection::Forged) => Err(unauthenticated(admin, Error::Forged)),
        Err(rejection) => Err(rejection.into()),
    }
}

/// Refuses a token. The operator is told of one that fits neither the app's secret nor its client id, for that may be
/// their mistake.
fn unauthenticated(admin: &Admin, error: Error) -> Refused {
    let why = match error {
        Error::Forged => WRONG_SECRET.to_owned(),
        Error::Audience => WRONG_KEY.to_owned(),
        error => error.to_string(),
    };
    if matches!(error, Error::Forged | Error::Audience) && admin.wrong_secret.is_due(admin.now_s()) {
        tracing::warn!(
            %error,
            "a request to the admin was refused; if merchants cannot open it, the app secret is wrong: check \
             SHOPIFY_API_KEY and SHOPIFY_API_SECRET against the app's page in the Dev Dashboard"
        );
    }
    Refused::new(StatusCode::UNAUTHORIZED, why)
}

fn check_once(query: &str) -> Result<(), Refused> {
    for name in RESERVED {
        if form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name).count() > 1 {
            return Err(Rejection::Repeated(name).into());
        }
    }
    Ok(())
}

fn of_another_shop() -> Refused {
    Refused::new(StatusCode::FORBIDDEN, "the session token is of another shop")
}
