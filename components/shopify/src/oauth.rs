//! Queries with which Shopify opens an app in its admin, or comes back from a merchant's consent.
//!
//! They are signed otherwise than the app proxy's: values stay encoded, and there are separators.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::domain::AdminHost;
use crate::query::{self, Query};
use crate::{Rejection, ShopDomain};

/// What may be there once only.
const RESERVED: [&str; 5] = ["shop", "timestamp", "signature", "hmac", "host"];
/// What JavaScript's `encodeURIComponent` leaves as it is; that is how Shopify's library encodes.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// A query from the admin whose signature was checked. A query alone does not say which member of
/// the staff is asking: only a session token does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    /// The shop.
    pub shop: ShopDomain,
    /// Where its admin is, if that was told.
    pub host: Option<AdminHost>,
}

impl Launch {
    /// Reads a raw query (without its question mark) that came at `now_s`, in seconds since 1970.
    pub fn verify(query: &str, now_s: u64, check: impl Fn(&[u8], &[u8]) -> bool) -> Result<Self, Rejection> {
        let query = Query::parse(query)?;
        query.once(&RESERVED)?;
        let mac = query.first("hmac").and_then(query::mac_of_hex).ok_or(Rejection::Forged)?;
        if !check(message_of(&query)?.as_bytes(), &mac) {
            return Err(Rejection::Forged);
        }
        query::time(query.first("timestamp"), now_s)?;
        let shop = query::shop(query.first("shop"))?;
        let host = query.first("host").map(admin_host).transpose()?;
        Ok(Self { shop, host })
    }
}

/// The message that Shopify signs: the parameters but `hmac` and `signature`, sorted by name, joined by `&`.
/// `ids[]=1&ids[]=2` is written `ids=["1", "2"]`, and that is not encoded.
pub fn message(query: &str) -> Result<String, Rejection> {
    message_of(&Query::parse(query)?)
}

fn message_of(query: &Query) -> Result<String, Rejection> {
    let groups = query.grouped(&["hmac", "signature"]);
    let pairs = groups.iter().map(|(name, values)| pair(name, values)).collect::<Result<Vec<_>, _>>()?;
    Ok(pairs.join("&"))
}

fn pair(name: &[u8], values: &[&[u8]]) -> Result<String, Rejection> {
    match name.strip_suffix(b"[]") {
        Some(name) => Ok(format!("{}={}", encoded(name), list(values)?)),
        None => Ok(values
            .iter()
            .map(|value| format!("{}={}", encoded(name), encoded(value)))
            .collect::<Vec<_>>()
            .join("&")),
    }
}

fn encoded(bytes: &[u8]) -> String {
    percent_encode(bytes, ENCODED).to_string()
}

/// The values as Python writes a list in JSON: with a space after each comma.
fn list(values: &[&[u8]]) -> Result<String, Rejection> {
    let quoted = |value: &&[u8]| {
        let text = str::from_utf8(value).map_err(|_| Rejection::Malformed("query"))?;
        Ok(serde_json::Value::from(text).to_string())
    };
    let quoted = values.iter().map(quoted).collect::<Result<Vec<_>, Rejection>>()?;
    Ok(format!("[{}]", quoted.join(", ")))
}

fn admin_host(bytes: &[u8]) -> Result<AdminHost, Rejection> {
    let text = str::from_utf8(bytes).ok();
    text.and_then(|text| AdminHost::parse(text).ok()).ok_or(Rejection::Malformed("host"))
}
