//! Queries with which Shopify opens an app in its admin, or returns from a merchant's consent.
//!
//! They are signed differently from the app proxy's queries: values are encoded, and there are separators.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::domain::AdminHost;
use crate::query::{self, Query};
use crate::{Rejection, ShopDomain};

/// Parameters that may occur only once.
const RESERVED: [&str; 5] = ["shop", "timestamp", "signature", "hmac", "host"];
/// The characters that a form encodes (URL standard, section 5.2), except that a space becomes `%20`.
const OF_FORMS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_');

/// A verified query from the admin. The query alone does not identify the staff member: only a session token does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    /// The shop.
    pub shop: ShopDomain,
    /// The address of the shop's admin, if the query has it.
    pub host: Option<AdminHost>,
}

impl Launch {
    /// Verifies a raw query (without its question mark) that arrived at `now_s`, in seconds since 1970.
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

/// Returns the message that Shopify signs: the parameters except `hmac` and `signature`, sorted, joined by `&`.
/// `ids[]=1&ids[]=2` becomes `ids=["1", "2"]`.
pub fn message(query: &str) -> Result<String, Rejection> {
    Ok(sorted(pairs(&Query::parse(query)?, Spelling::OfForms)?).join("&"))
}

/// Returns all accepted messages of a query. Shopify's libraries encode special characters in two ways, and sort
/// by whole pairs or by names; Shopify does not say which its servers use. Each message is equally good proof that
/// the sender has the secret, because decoding any of them gives the parameters of the query. The only ambiguity
/// is a list and a text that looks like one, and a shop, a time or a host is neither.
fn messages(query: &Query<'_>) -> Result<Vec<String>, Rejection> {
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

/// Returns `name=value` for each parameter, sorted by name.
fn pairs(query: &Query<'_>, spelling: Spelling) -> Result<Vec<String>, Rejection> {
    let mut pairs = Vec::new();
    for group in query.sorted(&["hmac", "signature"]).chunk_by(|one, other| one.0 == other.0) {
        let values = group.iter().map(|(_, value)| text(value)).collect::<Result<Vec<_>, _>>()?;
        let name = text(group[0].0)?;
        if let Some(name) = name.strip_suffix("[]") {
            pairs.push(format!("{}={}", spelling.name(name), list(&values)));
        } else {
            let pair = |value: &&str| format!("{}={}", spelling.name(name), spelling.value(value));
            pairs.extend(values.iter().map(pair));
        }
    }
    Ok(pairs)
}

/// The encoding of names and values.
#[derive(Clone, Copy)]
enum Spelling {
    /// As in a form, like Shopify's library for JavaScript.
    OfForms,
    /// Only delimiters are encoded, like in Shopify's library for Python.
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

/// Encodes the values like Python writes a list in JSON: with a space after each comma.
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
