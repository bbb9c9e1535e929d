//! Authenticates callers: a session token from Shopify identifies a member of a shop's staff.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Response, StatusCode, header};
use model::ShopId;
use shopify::oauth::Launch;
use shopify::session_token::{self, Error};
use shopify::{Rejection, ShopDomain};

use crate::Admin;
use crate::answers::unauthorized;
use crate::query;
use crate::refused::{Refused, Why};

/// A member of a shop's staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The shop. The caller can access no other shop.
    pub domain: ShopDomain,
    /// The shop's id in the rest of the program.
    pub shop: ShopId,
    /// Shopify's number of the member of staff.
    pub staff: String,
    /// The session token, which can be exchanged for the shop's tokens during its lifetime of a minute.
    pub token: Token,
}

/// A session token, which must not be displayed.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(pub String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The requester of a document.
#[derive(Debug, PartialEq, Eq)]
pub enum Visitor {
    /// A member of the shop's staff.
    Staff(Caller),
    /// Possibly a member of that shop's staff: App Bridge has to supply a token, for this reason.
    Unknown(ShopDomain, Need),
}

/// Why App Bridge has to supply a session token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// There is no token.
    Missing,
    /// The token has expired or is not valid yet.
    Expired,
}

/// Identifies the requester of a document by the query of its address.
pub fn of_document(admin: &Admin, query: &str) -> Result<Visitor, Refused> {
    let shop = query::shop(query)?;
    check_launch(admin, query)?;
    let Some(token) = query::parameter(query, "id_token") else {
        return Ok(Visitor::Unknown(shop, Need::Missing));
    };
    match caller(admin, &token) {
        Ok(caller) if caller.domain == shop => Ok(Visitor::Staff(caller)),
        Ok(_) => Err(of_another_shop()),
        Err(Error::Expired) => Ok(Visitor::Unknown(shop, Need::Expired)),
        Err(error) => Err(unauthenticated(admin, error)),
    }
}

/// A route with a `Caller` parameter accepts only requests of staff.
impl FromRequestParts<Arc<Admin>> for Caller {
    type Rejection = Response<Body>;

    async fn from_request_parts(parts: &mut Parts, admin: &Arc<Admin>) -> Result<Self, Response<Body>> {
        let query = parts.uri.query().unwrap_or_default();
        of_fetch(admin, &parts.headers, query).map_err(|refused| unauthorized(&refused, query))
    }
}

/// Identifies the sender of a request that is not for a document, by its `Authorization` header.
pub fn of_fetch(admin: &Admin, headers: &HeaderMap, query: &str) -> Result<Caller, Refused> {
    query::check_once(query)?;
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (values.next(), values.next()) else {
        return Err(unauthenticated(admin, Error::Malformed));
    };
    let value = value.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let caller = session_token::bearer(value).and_then(|token| caller(admin, token));
    let caller = caller.map_err(|error| unauthenticated(admin, error))?;
    match query::parameter(query, "shop") {
        Some(_) if query::shop(query)? != caller.domain => Err(of_another_shop()),
        _ => Ok(caller),
    }
}

fn caller(admin: &Admin, token: &str) -> Result<Caller, Error> {
    let check = |message: &[u8], mac: &[u8]| admin.signed(message, mac);
    let session = session_token::verify(token, &admin.app.key, admin.now_s(), check)?;
    let shop = ShopId::parse(session.shop.as_str()).map_err(|_| Error::Issuer)?;
    Ok(Caller { domain: session.shop, shop, staff: session.user, token: Token(token.to_owned()) })
}

/// Checks the signature of an address, if Shopify signed it. An old signature is accepted, because the
/// session token identifies the current caller.
fn check_launch(admin: &Admin, query: &str) -> Result<(), Refused> {
    if query::parameter(query, "hmac").is_none() {
        return Ok(());
    }
    match Launch::verify(query, admin.now_s(), |message, mac| admin.signed(message, mac)) {
        Ok(_) | Err(Rejection::Expired) => Ok(()),
        Err(Rejection::Forged) => Err(unauthenticated(admin, Error::Forged)),
        Err(rejection) => Err(rejection.into()),
    }
}

/// Refuses a token. Logs a warning if the token does not match the app's secret or client id, because the operator may
/// have mistyped them.
fn unauthenticated(admin: &Admin, error: Error) -> Refused {
    let why = match error {
        Error::Forged => Why::WrongSecret,
        Error::Audience => Why::WrongKey,
        error => Why::Request(error.to_string()),
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

fn of_another_shop() -> Refused {
    Refused::new(StatusCode::FORBIDDEN, Why::OtherShop)
}
