//! Session tokens: who of a shop's staff is asking, as App Bridge tells it (JWT, RFC 7519).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};

use crate::{ShopDomain, json};

/// How far the clocks of Shopify and of this machine may differ, in seconds.
const LEEWAY_S: u64 = 10;
/// More than any token of Shopify's.
const BYTES_MAX: usize = 8 * 1024;
/// Decimal digits of the largest number of 64 bits.
const NUMBER_BYTES_MAX: usize = 20;

/// A session whose token was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The shop.
    pub shop: ShopDomain,
    /// The member of the staff: Shopify's number, as text.
    pub user: String,
    /// When the token ends, in seconds since 1970; it is valid for a minute.
    pub expires_s: u64,
}

/// Why a token is refused. The message is fit for whoever sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not `Bearer` and a token, or not a token.
    #[error("that is no session token")]
    Malformed,
    /// Signed in another way than Shopify's, or not at all.
    #[error("session tokens are signed with HS256")]
    Algorithm,
    /// Signed with another secret.
    #[error("the signature of the session token is not valid")]
    Forged,
    /// It ended, or has not begun. A page asks App Bridge for another.
    #[error("the session token is not of this time")]
    Expired,
    /// For another app.
    #[error("the session token is for another app")]
    Audience,
    /// Not of a shop of Shopify's.
    #[error("the session token is not of a Shopify shop")]
    Issuer,
}

/// Checks a token for the app with this key (its client id), at `now_s` seconds since 1970.
pub fn verify(
    token: &str,
    api_key: &str,
    now_s: u64,
    check: impl Fn(&[u8], &[u8]) -> bool,
) -> Result<Session, Error> {
    let (signed, mac) = split(token)?;
    let (header, claims) = signed.split_once('.').ok_or(Error::Malformed)?;
    check_header(&part(header)?)?;
    if !check(signed.as_bytes(), &decoded(mac)?) {
        return Err(Error::Forged);
    }
    session(part(claims)?, api_key, now_s)
}

/// The token in the value of an `Authorization` header.
pub fn bearer(authorization: &str) -> Result<&str, Error> {
    let (scheme, token) = authorization.split_once(' ').ok_or(Error::Malformed)?;
    let fits = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && !token.contains(' ');
    fits.then_some(token).ok_or(Error::Malformed)
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    /// Whether there are extensions that have to be understood (RFC 7515, section 4.1.11): none is, not even null.
    #[serde(default, deserialize_with = "present")]
    crit: bool,
}

/// What Shopify documents of a token. No library of Shopify's demands all of it, but each claim is demanded by one.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    dest: String,
    aud: String,
    sub: String,
    exp: NumericDate,
    nbf: NumericDate,
    iat: NumericDate,
    #[serde(rename = "jti")]
    _id: String,
    #[serde(rename = "sid")]
    _session: String,
}

/// Seconds since 1970, which may have a fraction (RFC 7519, section 2). Before 1970 counts as 1970.
#[derive(Deserialize)]
struct NumericDate(f64);

impl NumericDate {
    /// The whole second that it is in.
    fn second(&self) -> u64 {
        whole(self.0.floor())
    }

    /// The first whole second that is not before it.
    fn next_second(&self) -> u64 {
        whole(self.0.ceil())
    }
}

/// What is signed, and the code of it.
fn split(token: &str) -> Result<(&str, &str), Error> {
    let fits = token.len() <= BYTES_MAX && token.bytes().filter(|&byte| byte == b'.').count() == 2;
    token.rsplit_once('.').filter(|_| fits).ok_or(Error::Malformed)
}

fn check_header(header: &Header) -> Result<(), Error> {
    (header.alg == "HS256" && !header.crit).then_some(()).ok_or(Error::Algorithm)
}

fn session(claims: Claims, api_key: &str, now_s: u64) -> Result<Session, Error> {
    let (latest_s, expires_s) = (now_s.saturating_add(LEEWAY_S), claims.exp.second());
    let begun = claims.nbf.next_second() <= latest_s && claims.iat.next_second() <= latest_s;
    if !begun || expires_s.saturating_add(LEEWAY_S) <= now_s {
        return Err(Error::Expired);
    }
    if api_key.is_empty() || claims.aud != api_key {
        return Err(Error::Audience);
    }
    let shop = ShopDomain::of_origin(&claims.dest).map_err(|_| Error::Issuer)?;
    if claims.iss.strip_suffix("/admin") != Some(&claims.dest) {
        return Err(Error::Issuer);
    }
    if !is_number(&claims.sub) {
        return Err(Error::Malformed);
    }
    Ok(Session { shop, user: claims.sub, expires_s })
}

fn part<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    json::object(&decoded(text)?).ok_or(Error::Malformed)
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what is out of range is at its end"
)]
fn whole(seconds: f64) -> u64 {
    seconds as u64
}

/// A number of Shopify's. A shopper at a checkout, of whom Shopify has tokens as well, is none.
fn is_number(text: &str) -> bool {
    (1..=NUMBER_BYTES_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn decoded(text: &str) -> Result<Vec<u8>, Error> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Error::Malformed)
}
