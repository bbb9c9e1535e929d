//! Requests that Shopify forwards from a shop's own address: the app proxy.
//!
//! Shopify adds parameters, and a signature of all of them, to the query. The signed message has no
//! separators: whoever sees a signed query could cut its parameters otherwise, as in `visitor=consent=1`
//! and `visitor&consent=1`. So what decides who is asking has a strict shape and may be there once
//! only, and a signed query has to be kept from shoppers: it belongs into no page, link or answer.

use std::fmt;

use crate::payload::CustomerId;
use crate::query::{self, Query};
use crate::{Rejection, ShopDomain};

/// What Shopify adds. Shopify's libraries refuse repeats of the first four; a repeat of the others
/// would let a shopper's own parameter stand for Shopify's.
const RESERVED: [&str; 6] =
    ["shop", "timestamp", "signature", "hmac", "path_prefix", "logged_in_customer_id"];
/// Shopify's choices for the first part of a prefix.
const PREFIXES: [&str; 4] = ["a", "apps", "community", "tools"];
/// Shopify's limit for the second part.
const SUBPATH_BYTES_MAX: usize = 30;

/// A request whose signature was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Whose shop it came through.
    pub shop: ShopDomain,
    /// Who is logged in there, if anybody is.
    pub customer: Option<CustomerId>,
    /// Under which path of the shop this app is now; the merchant may rename it.
    pub prefix: Option<Prefix>,
    /// When Shopify signed it, in seconds since 1970.
    pub timestamp_s: u64,
    parameters: Vec<(String, String)>,
}

impl Signed {
    /// Reads a raw query (without its question mark) that came at `now_s`, in seconds since 1970.
    ///
    /// The signature is checked before anything that the query says, except that what is there twice
    /// is refused first: which of the two was meant could not be told.
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

    /// The value of a parameter that is not Shopify's, if it is there exactly once: of two, nobody
    /// could say which was meant.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.parameters.iter().filter(|parameter| parameter.0 == name);
        let (_, value) = values.next()?;
        values.next().is_none().then_some(value)
    }

    /// The parameters that are not Shopify's, decoded, in their order, as far as they are text.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Where the app is in a shop: `/apps/wand`, unless the merchant renamed it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Prefix(String);

impl Prefix {
    /// Parses one of Shopify's four prefixes and a subpath. Such a text may stand in an address or
    /// an attribute as it is.
    ///
    /// Within the folder of a market, as in `/en-ca/apps/wand`, the prefix is the same: no document says whether
    /// Shopify names the folder.
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

    /// The prefix, such as `/apps/wand`: with a slash before it, and none behind.
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

/// The message that Shopify signs for a query, as its documentation has it: `name=value` of every
/// parameter but `signature`, decoded, repeats joined by commas, sorted as whole strings, with
/// nothing between them.
pub fn message(query: &str) -> Result<Vec<u8>, Rejection> {
    Ok(sorted_by_pair(&Query::parse(query)?))
}

/// Shopify's documentation and its Ruby library sort `name=value`; its libraries for JavaScript, PHP
/// and Python sort the names. The two differ only where a name begins another name whose next
/// character is below `=`, as with `a` and `a-b`. Shopify does not say which is its servers', and both
/// are used by apps with success. The documented order is tried first; the other is as good
/// a proof that the sender has the secret, and refusing it might turn a real shopper away.
fn check_signature(query: &Query, check: impl Fn(&[u8], &[u8]) -> bool) -> Result<(), Rejection> {
    let mac = query.first("signature").and_then(query::mac_of_hex).ok_or(Rejection::Forged)?;
    let documented = sorted_by_pair(query);
    if check(&documented, &mac) {
        return Ok(());
    }
    let other = pairs(query).concat();
    (other != documented && check(&other, &mac)).then_some(()).ok_or(Rejection::Forged)
}

fn sorted_by_pair(query: &Query) -> Vec<u8> {
    let mut pairs = pairs(query);
    pairs.sort();
    pairs.concat()
}

/// `name=value,value` for each name, sorted by name.
fn pairs(query: &Query) -> Vec<Vec<u8>> {
    let groups = query.grouped(&["signature"]);
    groups.into_iter().map(|(name, values)| [name, &values.join(&b',')].join(&b'=')).collect()
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
