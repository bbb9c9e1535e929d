//! The app proxy: requests that Shopify forwards from a shop's own address.
//!
//! Shopify adds parameters, and a signature of all of them, to the query. The signed message has no separators, so
//! anyone who sees a signed query could split its parameters differently, such as `visitor=consent=1` into
//! `visitor&consent=1`. Therefore the parameters that identify the shopper have a strict shape and may occur only
//! once, and a signed query must be kept from shoppers: never put it into a page, link or response.

use std::borrow::Cow;
use std::fmt;

use crate::payload::CustomerId;
use crate::query::{self, Query};
use crate::{Rejection, ShopDomain};

/// The parameters that Shopify adds. Shopify's libraries reject repeats of the first four. If the others could
/// repeat, a shopper's own parameter could replace Shopify's.
const RESERVED: [&str; 6] =
    ["shop", "timestamp", "signature", "hmac", "path_prefix", "logged_in_customer_id"];
/// Shopify's options for the first part of a prefix.
const PREFIXES: [&str; 4] = ["a", "apps", "community", "tools"];
/// Shopify's limit for the second part, in bytes.
const SUBPATH_BYTES_MAX: usize = 30;

/// A request with a verified signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The shop that the request came through.
    pub shop: ShopDomain,
    /// The customer who is logged in, if any.
    pub customer: Option<CustomerId>,
    /// The current path of the app in the shop. The merchant may rename it.
    pub prefix: Option<Prefix>,
    /// When Shopify signed it, in seconds since 1970.
    pub timestamp_s: u64,
    parameters: Vec<(String, String)>,
}

impl Signed {
    /// Verifies a raw query (without its question mark) that arrived at `now_s`, in seconds since 1970.
    ///
    /// The signature is checked before any parameter is used. Only repeated parameters are rejected earlier,
    /// because it would be unclear which of them counts.
    pub fn verify(query: &str, now_s: u64, check: impl Fn(&[u8], &[u8]) -> bool) -> Result<Self, Rejection> {
        let query = Query::parse(query)?;
        query.once(&RESERVED)?;
        check_signature(&query, check)?;
        let timestamp_s = query::time(query.first("timestamp"), now_s)?;
        let shop = query::shop(query.first("shop"))?;
        let customer = customer(query.first("logged_in_customer_id"))?;
        let prefix = query.first("path_prefix").map(Prefix::of_bytes).transpose()?;
        let parameters = query.into_text().filter(|(name, _)| !RESERVED.contains(&name.as_str())).collect();
        Ok(Self { shop, customer, prefix, timestamp_s, parameters })
    }

    /// Returns the value of a parameter that is not Shopify's, if it occurs exactly once: of two, it would be
    /// unclear which counts.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.parameters.iter().filter(|parameter| parameter.0 == name);
        let (_, value) = values.next()?;
        values.next().is_none().then_some(value)
    }

    /// Returns the parameters that are not Shopify's, decoded, in order, without those that are not text.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// The path of the app in a shop: `/apps/reviews`, unless the merchant renamed it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Prefix(String);

impl Prefix {
    /// Parses one of Shopify's four prefixes and a subpath. The result is safe in an address or an attribute
    /// without escaping.
    ///
    /// A market's folder before the prefix, as in `/en-ca/apps/reviews`, is dropped: no document says whether Shopify
    /// includes the folder.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let path = text.strip_prefix('/').map(|rest| match rest.split_once('/') {
            Some((folder, path)) if !PREFIXES.contains(&folder) && is_subpath(folder) => path,
            _ => rest,
        });
        let parts = path.and_then(|path| path.split_once('/'));
        let fits = parts.filter(|(prefix, subpath)| PREFIXES.contains(prefix) && is_subpath(subpath));
        fits.map(|(prefix, subpath)| Self(format!("/{prefix}/{subpath}")))
            .ok_or(Rejection::Malformed("path_prefix"))
    }

    /// Returns the prefix, such as `/apps/reviews`: with a slash at the start, and none at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of_bytes(bytes: &[u8]) -> Result<Self, Rejection> {
        str::from_utf8(bytes).map_err(|_| Rejection::Malformed("path_prefix")).and_then(Self::parse)
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns the message that Shopify signs for a query, as its documentation describes it: `name=value` of every
/// parameter except `signature`, decoded, repeats joined by commas, sorted as whole strings, with nothing between
/// them.
pub fn message(query: &str) -> Result<Vec<u8>, Rejection> {
    Ok(Pairs::of(&Query::parse(query)?).sorted().into_owned())
}

/// Checks the signature of a query against both known sort orders. Shopify's documentation and its Ruby library
/// sort `name=value`; its libraries for JavaScript, PHP and Python sort the names. The orders differ only where a
/// name begins another name whose next character is below `=`, as with `a` and `a-b`. Shopify does not say which
/// its servers use, and apps use both with success. The documented order is tried first. The other is equally good
/// proof that the sender has the secret, and rejecting it could turn a real shopper away.
fn check_signature(query: &Query<'_>, check: impl Fn(&[u8], &[u8]) -> bool) -> Result<(), Rejection> {
    let mac = query.first("signature").and_then(query::mac_of_hex).ok_or(Rejection::Forged)?;
    let pairs = Pairs::of(query);
    let documented = pairs.sorted();
    if check(&documented, &mac) {
        return Ok(());
    }
    (*documented != *pairs.text && check(&pairs.text, &mac)).then_some(()).ok_or(Rejection::Forged)
}

/// `name=value,value` of each name, one after the other, sorted by name.
struct Pairs {
    text: Vec<u8>,
    /// Where each begins.
    starts: Vec<usize>,
}

impl Pairs {
    fn of(query: &Query<'_>) -> Self {
        let sorted = query.sorted(&["signature"]);
        let bytes = sorted.iter().map(|(name, value)| name.len() + value.len() + 1).sum();
        let (mut text, mut starts) = (Vec::with_capacity(bytes), Vec::with_capacity(sorted.len()));
        let mut last = None;
        for (name, value) in sorted {
            if last == Some(name) {
                text.push(b',');
            } else {
                starts.push(text.len());
                text.extend_from_slice(name);
                text.push(b'=');
            }
            text.extend_from_slice(value);
            last = Some(name);
        }
        Self { text, starts }
    }

    /// Returns them sorted as whole strings, which is nearly always the order that they have.
    fn sorted(&self) -> Cow<'_, [u8]> {
        let ends = self.starts.iter().skip(1).copied().chain([self.text.len()]);
        let mut pairs: Vec<_> =
            self.starts.iter().zip(ends).map(|(start, end)| &self.text[*start..end]).collect();
        if pairs.is_sorted() {
            return Cow::Borrowed(&self.text);
        }
        pairs.sort_unstable();
        Cow::Owned(pairs.concat())
    }
}

fn customer(text: Option<&[u8]>) -> Result<Option<CustomerId>, Rejection> {
    let wrong = Rejection::Malformed("logged_in_customer_id");
    match text {
        None | Some([]) => Ok(None),
        Some(id) => CustomerId::of_digits(id).map(Some).ok_or(wrong),
    }
}

fn is_subpath(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=SUBPATH_BYTES_MAX).contains(&text.len()) && text.bytes().all(fits)
}
