//! Query strings, decoded like Shopify decodes them before it signs.
//!
//! Names and values stay bytes until the signature has been checked: replacing invalid UTF-8 would turn several
//! queries into the same message.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use crate::{MAC_BYTES, Rejection, ShopDomain, WINDOW_S};

/// The longest query, in bytes: more than Shopify forwards to an app, and enough for any link.
const BYTES_MAX: usize = 16 * 1024;

/// The parameters of a query, decoded, in order. Most need no decoding and are not copied: every page within a theme
/// begins with this.
pub(crate) struct Query<'r>(Vec<Parameter<'r>>);

/// A name and its value.
type Parameter<'r> = (Cow<'r, [u8]>, Cow<'r, [u8]>);

impl<'r> Query<'r> {
    /// Splits and decodes a raw query, without its question mark.
    pub(crate) fn parse(raw: &'r str) -> Result<Self, Rejection> {
        if raw.len() > BYTES_MAX {
            return Err(Rejection::Malformed("query"));
        }
        let pairs = raw.as_bytes().split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
        Ok(Self(pairs.map(decoded).collect()))
    }

    /// Rejects a query in which one of the names occurs more than once, in any encoding.
    pub(crate) fn once(&self, names: &[&'static str]) -> Result<(), Rejection> {
        let repeated = names.iter().find(|name| self.all(name).nth(1).is_some());
        repeated.map_or(Ok(()), |name| Err(Rejection::Repeated(name)))
    }

    /// Returns the first value of a name.
    pub(crate) fn first(&self, name: &str) -> Option<&[u8]> {
        self.all(name).next()
    }

    /// Returns the names and values except those of names in `without`, sorted by name. Values of one name stay in
    /// order.
    pub(crate) fn sorted(&self, without: &[&str]) -> Vec<(&[u8], &[u8])> {
        let is_other = |name: &[u8]| without.iter().all(|other| other.as_bytes() != name);
        let others = self.0.iter().filter(|(name, _)| is_other(name));
        let mut sorted: Vec<_> = others.map(|(name, value)| (&**name, &**value)).collect();
        sorted.sort_by_key(|(name, _)| *name);
        sorted
    }

    /// Returns the parameters that are text. Others are dropped, because a broken link is no reason to refuse a
    /// shopper the page.
    pub(crate) fn into_text(self) -> impl Iterator<Item = (String, String)> {
        let text = |bytes: Cow<'_, [u8]>| String::from_utf8(bytes.into_owned()).ok();
        self.0.into_iter().filter_map(move |(name, value)| Some((text(name)?, text(value)?)))
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.0.iter().filter(move |pair| *pair.0 == *name.as_bytes()).map(|pair| &*pair.1)
    }
}

fn decoded(pair: &[u8]) -> Parameter<'_> {
    let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
        Some(at) => (&pair[..at], &pair[at + 1..]),
        None => (pair, [].as_slice()),
    };
    (decoded_text(name), decoded_text(value))
}

/// Decodes like a form: a plus is a space, and a percent sign that encodes nothing stays.
fn decoded_text(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.iter().any(|byte| matches!(byte, b'+' | b'%')) {
        return Cow::Borrowed(text);
    }
    let spaced: Vec<_> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    Cow::Owned(percent_decode(&spaced).collect())
}

/// Reads a MAC from hexadecimal digits in lower case, as Shopify writes it.
pub(crate) fn mac_of_hex(text: &[u8]) -> Option<[u8; MAC_BYTES]> {
    if text.len() != 2 * MAC_BYTES {
        return None;
    }
    let mut mac = [0; MAC_BYTES];
    for (byte, digits) in mac.iter_mut().zip(text.chunks_exact(2)) {
        let &[high, low] = digits else { return None };
        *byte = digit(high)? << 4 | digit(low)?;
    }
    Some(mac)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

/// Reads a time in seconds since 1970. It must consist of digits and be within [`WINDOW_S`] of now.
pub(crate) fn time(text: Option<&[u8]>, now_s: u64) -> Result<u64, Rejection> {
    let digits = text.filter(|text| !text.is_empty() && text.iter().all(u8::is_ascii_digit));
    let time_s = digits.and_then(|digits| str::from_utf8(digits).ok()?.parse().ok());
    let time_s: u64 = time_s.ok_or(Rejection::Malformed("timestamp"))?;
    (time_s.abs_diff(now_s) <= WINDOW_S).then_some(time_s).ok_or(Rejection::Expired)
}

/// Reads the shop of a query.
pub(crate) fn shop(text: Option<&[u8]>) -> Result<ShopDomain, Rejection> {
    let text = text.ok_or(Rejection::Malformed("shop"))?;
    let text = str::from_utf8(text).map_err(|_| Rejection::NotAShop)?;
    ShopDomain::parse(text).map_err(|_| Rejection::NotAShop)
}
