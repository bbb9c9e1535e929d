//! Queries with which Shopify opens an app in its admin, or comes back from a merchant's consent.
//!
//! They are signed otherwise than the app proxy's: values are encoded, and there are separators.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::domain::AdminHost;
use crate::query::{self, Query};
use crate::{Rejection, ShopDomain};

/// What may be there once only.
const RESERVED: [&str; 5] = ["shop", "timestamp", "signature", "hmac", "host"];
/// What is encoded in a form (URL standard, section 5.2), but that a space is `%20`.
const OF_FORMS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_');

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
        if !messages(&query)?.iter().any(|message| check(message.as_bytes(), &mac)) {
            return Err(Rejection::Forged);
        }
        query::time(query.first("timestamp"), now_s)?;
        let shop = query::shop(query.first("shop"))?;
        let host = query.first("host").map(admin_host).transpose()?;
        Ok(Self { shop, host })
    }
}

/// The message that Shopify signs: the parameters but `hmac` and `signature`, sorted, joined by `&`.
/// `ids[]=1&ids[]=2` is written `ids=["1", "2"]`.
pub fn message(query: &str) -> Result<String, Rejection> {
    Ok(sorted(pairs(&Query::parse(query)?, Spelling::OfForms)?).join("&"))
}

/// Shopify's libraries spell what is not plain in two ways, and sort whole pairs or names; which is its servers'
/// Shopify does not say. Each is as good a proof that the sender has the secret, since any of them gives the
/// parameters of the query once it is decoded. Only a list reads as a text does that looks like one, and neither
/// is a shop, a time or a host.
fn messages(query: &Query) -> Result<Vec<String>, Rejection> {
    let mut messages = Vec::new();
    for spelling in [Spelling::OfForms, Spelling::OfDelimiters] {
        let by_name = pairs(query, spelling)?;
        for pairs in [sorted(by_name.clone()), by_name] {
            let message = pairs.join("&");
            if !messages.contains(&message) {
                messages.push(message);
            }
        }
    }
    Ok(messages)
}

fn sorted(mut pairs: Vec<String>) -> Vec<String> {
    pairs.sort();
    pairs
}

/// `name=value` for each parameter, sorted by name.
fn pairs(query: &Query, spelling: Spelling) -> Result<Vec<String>, Rejection> {
    let mut pairs = Vec::new();
    for (name, values) in query.grouped(&["hmac", "signature"]) {
        let values = values.into_iter().map(text).collect::<Result<Vec<_>, _>>()?;
        let name = text(name)?;
        if let Some(name) = name.strip_suffix("[]") {
            pairs.push(format!("{}={}", spelling.name(name), list(&values)));
        } else {
            let pair = |value: &&str| format!("{}={}", spelling.name(name), spelling.value(value));
            pairs.extend(values.iter().map(pair));
        }
    }
    Ok(pairs)
}

/// How names and values are written.
#[derive(Clone, Copy)]
enum Spelling {
    /// As in a form: Shopify's library for JavaScript.
    OfForms,
    /// Only what would part them otherwise is encoded: Shopify's library for Python.
    OfDelimiters,
}

impl Spelling {
    fn name(self, name: &str) -> String {
        match self {
            Self::OfForms => utf8_percent_encode(name, OF_FORMS).to_string(),
            Self::OfDelimiters => without_delimiters(name).replace('=', "%3D"),
        }
    }

    fn value(self, value: &str) -> String {
        match self {
            Self::OfForms => utf8_percent_encode(value, OF_FORMS).to_string(),
            Self::OfDelimiters => without_delimiters(value),
        }
    }
}

fn without_delimiters(text: &str) -> String {
    text.replace('%', "%25").replace('&', "%26")
}

/// The values as Python writes a list in JSON: with a space after each comma.
fn list(values: &[&str]) -> String {
    let quoted = values.iter().map(|&value| serde_json::Value::from(value).to_string());
    without_delimiters(&format!("[{}]", quoted.collect::<Vec<_>>().join(", ")))
}

fn text(bytes: &[u8]) -> Result<&str, Rejection> {
    str::from_utf8(bytes).map_err(|_| Rejection::Malformed("query"))
}

fn admin_host(bytes: &[u8]) -> Result<AdminHost, Rejection> {
    text(bytes).ok().and_then(|text| AdminHost::parse(text).ok()).ok_or(Rejection::Malformed("host"))
}
