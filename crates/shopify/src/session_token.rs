//! Session tokens (JWT, RFC 7519): App Bridge identifies the member of a shop's staff with them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};

use crate::{ShopDomain, json};

/// The largest accepted difference between Shopify's clock and the caller's, in seconds.
const LEEWAY_S: u64 = 10;
/// The longest token, in bytes: longer than any of Shopify's.
const BYTES_MAX: usize = 8 * 1024;
/// The number of decimal digits of the largest 64-bit number.
const NUMBER_BYTES_MAX: usize = 20;

/// A session with a verified token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The shop.
    pub shop: ShopDomain,
    /// Shopify's number of the staff member, as text.
    pub user: String,
    /// When the token expires, in seconds since 1970. It is valid for a minute.
    pub expires_s: u64,
}

/// Why a token is rejected. The message is safe to send to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The header is not `Bearer` and a token, or the token is malformed.
    #[error("not a session token")]
    Malformed,
    /// The token is not signed with Shopify's algorithm.
    #[error("session tokens are signed with HS256")]
    Algorithm,
    /// The token is signed with another secret.
    #[error("the signature of the session token is not valid")]
    Forged,
    /// The token has expired or is not valid yet. The page can ask App Bridge for another.
    #[error("the session token has expired or is not valid yet")]
    Expired,
    /// The token is for another app.
    #[error("the session token is for another app")]
    Audience,
    /// The token is not from a Shopify shop.
    #[error("the session token does not name a shop at Shopify")]
    Issuer,
}

/// Verifies a token for the app with this key (its client id), at `now_s` seconds since 1970.
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

/// Returns the token in the value of an `Authorization` header.
pub fn bearer(authorization: &str) -> Result<&str, Error> {
    let (scheme, token) = authorization.split_once(' ').ok_or(Error::Malformed)?;
    let fits = scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && !token.contains(' ');
    fits.then_some(token).ok_or(Error::Malformed)
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    /// Whether there are critical extensions (RFC 7515, section 4.1.11). None is supported, so any value counts,
    /// even null.
    #[serde(default, deserialize_with = "present")]
    crit: bool,
}

/// The claims that Shopify documents. No library of Shopify requires all of them, but each is required by one.
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

/// Seconds since 1970, possibly with a fraction (RFC 7519, section 2). A time before 1970 counts as 1970.
#[derive(Deserialize)]
struct NumericDate(f64);

impl NumericDate {
    /// Returns the time rounded down to a whole second.
    fn second(&self) -> u64 {
        whole(self.0.floor())
    }

    /// Returns the time rounded up to a whole second.
    fn next_second(&self) -> u64 {
        whole(self.0.ceil())
    }
}

/// Splits a token into the signed part and its MAC.
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

/// Returns whether the text is one of Shopify's numbers. A shopper at a checkout, who also gets tokens, has no
/// number.
fn is_number(text: &str) -> bool {
    (1..=NUMBER_BYTES_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn decoded(text: &str) -> Result<Vec<u8>, Error> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Error::Malformed)
}
